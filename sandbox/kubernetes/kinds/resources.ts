import { label, type NameRule, pathSegment, subdomain } from '../objects/names.ts'
import { deployment, podDisruptionBudget, replicaSet } from '../schemas/apps.ts'
import { configMap, event, namespace, node, secret, service, serviceAccount } from '../schemas/core.ts'
import { kindOf } from '../schemas/meta.ts'
import { awsCluster, awsNodePool } from '../schemas/multicloud.ts'
import { pod } from '../schemas/pod.ts'
import {
  binding,
  certificateSigningRequest,
  clusterRole,
  mutatingWebhookConfiguration,
  role,
} from '../schemas/policy.ts'
import { selfSubjectAccessReview, selfSubjectRulesReview } from '../schemas/reviews.ts'
import { any, type ObjectSchema } from './schema.ts'

/** A version of a group, and the minor versions of Kubernetes that serve it. */
export interface ServedVersion {
  readonly name: string
  readonly from: number
  /** The last minor version that has it. */
  readonly until: number
}

/** One resource type in all its versions; objects are stored once and shown in the version that is asked for. */
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
  /** Subresources that take writes or reads of their own. */
  readonly subresources: readonly string[]
  /** What can be done with it, in the order of discovery. */
  readonly verbs: readonly Verb[]
  /** True for a question that is answered and not stored. */
  readonly isReview: boolean
  /** Names that stand for several types: `kubectl get all`. */
  readonly categories: readonly string[]
  /** True for a type that a CustomResourceDefinition made. */
  readonly custom: boolean
  /** True where a change of spec counts metadata.generation up. */
  readonly generations: boolean
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** Of namespaces, and of services before 1.23. */
const withoutCollection = allVerbs.filter((verb) => verb !== 'deletecollection')
/** The order of the server of custom resources. */
const customVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const reviewVerbs: readonly Verb[] = ['create']

const always: readonly ServedVersion[] = [{ name: 'v1', from: 0, until: 99 }]

interface Shape {
  plural: string
  namespaced?: boolean
  short?: string[]
  group?: string
  versions?: readonly ServedVersion[]
  nameRule?: NameRule
  subresources?: string[]
  verbs?: readonly Verb[]
  categories?: string[]
  generations?: boolean
  custom?: boolean
}

function verbsOf({ verbs, custom }: Shape): readonly Verb[] {
  return verbs ?? (custom ? customVerbs : allVerbs)
}

function type(kind: string, schema: ObjectSchema, shape: Shape): ResourceType {
  return {
    group: shape.group ?? '',
    versions: shape.versions ?? always,
    kind,
    plural: shape.plural,
    singular: kind.toLowerCase(),
    shortNames: shape.short ?? [],
    namespaced: shape.namespaced ?? true,
    schema,
    nameRule: shape.nameRule ?? subdomain,
    subresources: shape.subresources ?? [],
    verbs: verbsOf(shape),
    isReview: shape.verbs === reviewVerbs,
    categories: shape.categories ?? [],
    custom: shape.custom ?? false,
    generations: shape.generations ?? false,
  }
}

const rbac = { group: 'rbac.authorization.k8s.io', nameRule: pathSegment }

export const namespaces = type('Namespace', namespace, {
  plural: 'namespaces',
  namespaced: false,
  short: ['ns'],
  verbs: withoutCollection,
  nameRule: label,
  subresources: ['status'],
})
const serviceAccounts = type('ServiceAccount', serviceAccount, {
  plural: 'serviceaccounts',
  short: ['sa'],
  subresources: ['token'],
})
const secrets = type('Secret', secret, { plural: 'secrets' })
const services = type('Service', service, {
  plural: 'services',
  short: ['svc'],
  nameRule: label,
  subresources: ['status'],
  categories: ['all'],
})
const pods = type('Pod', pod, { plural: 'pods', short: ['po'], subresources: ['status'], categories: ['all'] })
const events = type('Event', event, { plural: 'events', short: ['ev'] })
const deployments = type('Deployment', deployment, {
  plural: 'deployments',
  group: 'apps',
  short: ['deploy'],
  subresources: ['scale', 'status'],
  categories: ['all'],
  generations: true,
})
const replicaSets = type('ReplicaSet', replicaSet, {
  plural: 'replicasets',
  group: 'apps',
  short: ['rs'],
  subresources: ['scale', 'status'],
  categories: ['all'],
  generations: true,
})
/** Jobs and CronJobs are stored, and nobody runs them: they stand for what else a namespace may hold. */
const job = kindOf({ spec: any, status: any })
const jobs = type('Job', job, {
  plural: 'jobs',
  group: 'batch',
  subresources: ['status'],
  categories: ['all'],
  generations: true,
})
/** batch/v1 came with 1.21, before which the group's preferred version has jobs alone; v1beta1 went with 1.25. */
const cronJobs = type('CronJob', job, {
  plural: 'cronjobs',
  group: 'batch',
  short: ['cj'],
  versions: [
    { name: 'v1', from: 21, until: 99 },
    { name: 'v1beta1', from: 8, until: 24 },
  ],
  subresources: ['status'],
  categories: ['all'],
  generations: true,
})
/** policy/v1 came with 1.21, v1beta1 went with 1.25. */
const podDisruptionBudgets = type('PodDisruptionBudget', podDisruptionBudget, {
  plural: 'poddisruptionbudgets',
  group: 'policy',
  short: ['pdb'],
  versions: [
    { name: 'v1', from: 21, until: 99 },
    { name: 'v1beta1', from: 5, until: 24 },
  ],
  subresources: ['status'],
  generations: true,
})
/** admissionregistration v1 came with 1.16, v1beta1 went with 1.22. */
const mutatingWebhookConfigurations = type('MutatingWebhookConfiguration', mutatingWebhookConfiguration, {
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
/** certificates.k8s.io/v1 came with 1.19, v1beta1 went with 1.22. */
const certificateSigningRequests = type('CertificateSigningRequest', certificateSigningRequest, {
  plural: 'certificatesigningrequests',
  group: 'certificates.k8s.io',
  namespaced: false,
  short: ['csr'],
  versions: [
    { name: 'v1', from: 19, until: 99 },
    { name: 'v1beta1', from: 4, until: 21 },
  ],
  subresources: ['status', 'approval'],
})

const reviews = [
  { kind: 'SelfSubjectAccessReview', schema: selfSubjectAccessReview },
  { kind: 'SelfSubjectRulesReview', schema: selfSubjectRulesReview },
].map(({ kind, schema }) =>
  type(kind, schema, {
    group: 'authorization.k8s.io',
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    verbs: reviewVerbs,
  }),
)

const builtIn: readonly ResourceType[] = [
  namespaces,
  serviceAccounts,
  secrets,
  type('ConfigMap', configMap, { plural: 'configmaps', short: ['cm'] }),
  services,
  pods,
  type('Node', node, { plural: 'nodes', namespaced: false, short: ['no'], subresources: ['status'] }),
  events,
  deployments,
  replicaSets,
  jobs,
  cronJobs,
  podDisruptionBudgets,
  type('Role', role, { plural: 'roles', ...rbac }),
  type('RoleBinding', binding, { plural: 'rolebindings', ...rbac }),
  type('ClusterRole', clusterRole, { plural: 'clusterroles', namespaced: false, ...rbac }),
  type('ClusterRoleBinding', binding, { plural: 'clusterrolebindings', namespaced: false, ...rbac }),
  mutatingWebhookConfigurations,
  certificateSigningRequests,
  ...reviews,
]

const multicloud = { group: 'multicloud.cluster.gke.io', custom: true, generations: true, subresources: ['status'] }

const awsClusters = type('AWSCluster', awsCluster, { plural: 'awsclusters', ...multicloud })
const awsNodePools = type('AWSNodePool', awsNodePool, { plural: 'awsnodepools', ...multicloud })

/** A type as one cluster serves it: only the versions that its Kubernetes has, the preferred one first. */
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
