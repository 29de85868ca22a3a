import { label, type NameRule, pathSegment, subdomain } from '../objects/names.ts'
import { modelSchema } from '../schemas/models.ts'
import { awsCluster, awsNodePool } from '../schemas/multicloud.ts'
import type { ObjectSchema } from './schema.ts'

/** A version of a group, and the minor versions of Kubernetes that serve it. */
export interface ServedVersion {
  readonly name: string
  readonly from: number
  /** The last minor version of Kubernetes that serves this version. */
  readonly until: number
}

/** One resource type in all its versions. An object is stored once, and returned in the requested version. */
export interface ResourceType {
  readonly group: string
  readonly versions: readonly ServedVersion[]
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  readonly schema: ObjectSchema
  readonly nameRule: NameRule
  /** Subresources with their own reads or writes. */
  readonly subresources: readonly string[]
  /** In the order of discovery. */
  readonly verbs: readonly Verb[]
  /** True for a review, which is answered and not stored. */
  readonly isReview: boolean
  readonly categories: readonly string[]
  readonly custom: boolean
  /** True if a change of spec increments metadata.generation. */
  readonly generations: boolean
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** The verbs of namespaces, and of services before 1.23. */
const withoutCollection = allVerbs.filter((verb) => verb !== 'deletecollection')
const customVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

const always: readonly ServedVersion[] = [{ name: 'v1', from: 0, until: 99 }]

function type(kind: string, shape: Partial<ResourceType> & Pick<ResourceType, 'plural'>): ResourceType {
  return {
    group: '',
    versions: always,
    kind,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    nameRule: subdomain,
    subresources: [],
    verbs: allVerbs,
    isReview: false,
    categories: [],
    custom: false,
    generations: false,
    ...shape,
    schema: shape.schema ?? modelSchema(`V1${kind}`),
  }
}

const rbac = { group: 'rbac.authorization.k8s.io', nameRule: pathSegment }

export const namespaces = type('Namespace', {
  plural: 'namespaces',
  namespaced: false,
  shortNames: ['ns'],
  verbs: withoutCollection,
  nameRule: label,
  subresources: ['status'],
})
const serviceAccounts = type('ServiceAccount', {
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  subresources: ['token'],
})
const secrets = type('Secret', { plural: 'secrets' })
const services = type('Service', {
  plural: 'services',
  shortNames: ['svc'],
  nameRule: label,
  subresources: ['status'],
  categories: ['all'],
})
const pods = type('Pod', { plural: 'pods', shortNames: ['po'], subresources: ['status'], categories: ['all'] })
const events = type('Event', { plural: 'events', shortNames: ['ev'], schema: modelSchema('CoreV1Event') })
const deployments = type('Deployment', {
  plural: 'deployments',
  group: 'apps',
  shortNames: ['deploy'],
  subresources: ['scale', 'status'],
  categories: ['all'],
  generations: true,
})
const replicaSets = type('ReplicaSet', {
  plural: 'replicasets',
  group: 'apps',
  shortNames: ['rs'],
  subresources: ['scale', 'status'],
  categories: ['all'],
  generations: true,
})
/** Jobs and CronJobs are stored, but no controller runs them. */
const jobs = type('Job', {
  plural: 'jobs',
  group: 'batch',
  subresources: ['status'],
  categories: ['all'],
  generations: true,
})
/** Before 1.21, batch/v1 had only Job. 1.21 added CronJob to it, and 1.25 removed v1beta1. */
const cronJobs = type('CronJob', {
  plural: 'cronjobs',
  group: 'batch',
  shortNames: ['cj'],
  versions: [
    { name: 'v1', from: 21, until: 99 },
    { name: 'v1beta1', from: 8, until: 24 },
  ],
  subresources: ['status'],
  categories: ['all'],
  generations: true,
})
/** 1.21 added policy/v1, and 1.25 removed v1beta1. */
const podDisruptionBudgets = type('PodDisruptionBudget', {
  plural: 'poddisruptionbudgets',
  group: 'policy',
  shortNames: ['pdb'],
  versions: [
    { name: 'v1', from: 21, until: 99 },
    { name: 'v1beta1', from: 5, until: 24 },
  ],
  subresources: ['status'],
  generations: true,
})
/** 1.16 added admissionregistration.k8s.io/v1, and 1.22 removed v1beta1. */
const mutatingWebhookConfigurations = type('MutatingWebhookConfiguration', {
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  group: 'admissionregistration.k8s.io',
  namespaced: false,
  versions: [
    { name: 'v1', from: 16, until: 99 },
    { name: 'v1beta1', from: 9, until: 21 },
  ],
  generations: true,
})
/** 1.19 added certificates.k8s.io/v1, and 1.22 removed v1beta1. */
const certificateSigningRequests = type('CertificateSigningRequest', {
  plural: 'certificatesigningrequests',
  group: 'certificates.k8s.io',
  namespaced: false,
  shortNames: ['csr'],
  versions: [
    { name: 'v1', from: 19, until: 99 },
    { name: 'v1beta1', from: 4, until: 21 },
  ],
  subresources: ['status', 'approval'],
})

const reviews = ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'].map((kind) =>
  type(kind, {
    group: 'authorization.k8s.io',
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    verbs: ['create'],
    isReview: true,
  }),
)

const builtIn: readonly ResourceType[] = [
  namespaces,
  serviceAccounts,
  secrets,
  type('ConfigMap', { plural: 'configmaps', shortNames: ['cm'] }),
  services,
  pods,
  type('Node', { plural: 'nodes', namespaced: false, shortNames: ['no'], subresources: ['status'] }),
  events,
  deployments,
  replicaSets,
  jobs,
  cronJobs,
  podDisruptionBudgets,
  type('Role', { plural: 'roles', ...rbac }),
  type('RoleBinding', { plural: 'rolebindings', ...rbac }),
  type('ClusterRole', { plural: 'clusterroles', namespaced: false, ...rbac }),
  type('ClusterRoleBinding', { plural: 'clusterrolebindings', namespaced: false, ...rbac }),
  mutatingWebhookConfigurations,
  certificateSigningRequests,
  ...reviews,
]

const multicloud = {
  group: 'multicloud.cluster.gke.io',
  custom: true,
  generations: true,
  subresources: ['status'],
  verbs: customVerbs,
}

const awsClusters = type('AWSCluster', { plural: 'awsclusters', schema: awsCluster, ...multicloud })
const awsNodePools = type('AWSNodePool', { plural: 'awsnodepools', schema: awsNodePool, ...multicloud })

/** A type with only the versions that one cluster serves. The preferred version is the first. */
export interface ServedType extends ResourceType {
  readonly versions: readonly ServedVersion[]
}

/** The types of a cluster of this minor version. */
export function typesServed(minor: number, withMulticloud: boolean): ServedType[] {
  const all = withMulticloud ? [...builtIn, awsClusters, awsNodePools] : builtIn
  return all
    .map((one) => (one === services && minor < 23 ? { ...one, verbs: withoutCollection } : one))
    .map((one) => ({ ...one, versions: one.versions.filter(({ from, until }) => minor >= from && minor <= until) }))
    .filter(({ versions }) => versions.length > 0)
}

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}
