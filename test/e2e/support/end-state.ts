import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import { project } from '../../../sandbox/google/project.ts'
import type { KubeObject } from '../../../sandbox/kubernetes/objects.ts'
import { roleNameOf } from '../../support/roles.ts'
import { iamClient } from './aws-clients.ts'
import type { System } from './system.ts'

export type EndState = readonly string[]

/**
 * Everything that a setup leaves behind at AWS, Google and Kubernetes under this cluster's name, in words that are the same
 * for every cluster: so that the end states of two of them can be compared. What the steps have made twice, or have left
 * over, is in it too.
 */
export async function endState(system: System, name: string): Promise<EndState> {
  const { kubernetes } = system.sandbox
  const cluster = kubernetes.cluster(name)
  const [aws, bucket] = await Promise.all([iamOf(system, name), bucketOf(system, `${name}-discovery`)])
  const state = [
    ...[...aws, bucket].map((object) => JSON.stringify(object)),
    ...described(kubernetes.management.store.all().filter((object) => isOf(object, name))),
    ...described(cluster?.store.all() ?? []),
  ]
  return namesReplaced(state, { ROLE: roleNameOf(name), CLUSTER: name, ID: cluster?.settings.id })
}

async function iamOf(system: System, name: string) {
  const iam = iamClient(system)
  try {
    const [roles, providers] = await Promise.all([rolesOf(iam, name), providersOf(iam, name)])
    return [...roles, ...providers]
  } finally {
    iam.destroy()
  }
}

async function rolesOf(iam: IAMClient, name: string) {
  const names: string[] = []
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, { PathPrefix: '/workload-identity/' })) {
    names.push(...Roles.map(({ RoleName = '' }) => RoleName))
  }
  return Promise.all(names.filter((each) => each.startsWith(`${name}-`)).map((each) => roleOf(iam, each)))
}

async function roleOf(iam: IAMClient, RoleName: string) {
  const [{ Role }, { AttachedPolicies }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new GetRoleCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ])
  const documents = await Promise.all(
    PolicyNames.map(
      async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
    ),
  )
  const { RoleId: _, CreateDate: _date, RoleLastUsed: _used, ...role } = Role ?? {}
  return { ...role, attached: AttachedPolicies?.map(({ PolicyArn }) => PolicyArn), inline: documents }
}

async function providersOf(iam: IAMClient, name: string) {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  const own = OpenIDConnectProviderList.filter(({ Arn }) => Arn?.includes(`/${name}-discovery/`))
  return Promise.all(
    own.map(async ({ Arn }) => {
      const provider = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn }))
      const { $metadata: _, CreateDate: _date, ...rest } = provider
      return { Arn, ...rest }
    }),
  )
}

async function bucketOf({ sandbox }: System, name: string) {
  const { buckets } = sandbox.google
  const [{ labels, location, iamConfiguration }, { bindings, version }] = await Promise.all([
    buckets.get(project.administrator, name),
    buckets.policy(project.administrator, name, 3),
  ])
  return { labels, location, iamConfiguration, policy: { bindings, version } }
}

function isOf({ kind, metadata, spec }: KubeObject, name: string): boolean {
  if (kind === 'AWSCluster') return metadata.name === name
  return kind === 'AWSNodePool' && typeof spec === 'object' && Reflect.get(spec ?? {}, 'clusterName') === name
}

/** Made by controllers, with names of chance, and as many as restarts took: what they are like is compared, not how many. */
const countless = ['Pod', 'ReplicaSet', 'CertificateSigningRequest']

/** Different in each cluster, or at each time. */
const incomparable = new Set(
  `uid resourceVersion creationTimestamp generation observedGeneration time startTime startedAt lastTransitionTime
  lastUpdateTime lastProbeTime finishedAt clusterIP clusterIPs podIP podIPs hostIP nodeName containerID restartCount
  pod-template-hash deployment.kubernetes.io/revision generateName request certificate caBundle endpoint`.split(/\s+/),
)

function described(objects: readonly KubeObject[]): string[] {
  return objects.filter(({ kind }) => kind !== 'Event').map(describe)
}

function describe(object: KubeObject): string {
  const { name, ...metadata } = object.metadata
  const named = countless.includes(object.kind) ? { ...object, metadata } : object
  return JSON.stringify(object.kind === 'Secret' ? withoutValues(named) : named, comparable)
}

function withoutValues(secret: object): object {
  return { ...secret, data: Object.keys(Reflect.get(secret, 'data') ?? {}).sort() }
}

function comparable(key: string, value: unknown): unknown {
  if (incomparable.has(key)) return undefined
  if (key === 'ownerReferences') return undefined
  // Who came first is of no meaning.
  if (key === 'managedFields' && Array.isArray(value))
    return value.map((entry) => JSON.stringify(entry, comparable)).sort()
  return value
}

function namesReplaced(state: readonly string[], names: Readonly<Record<string, string | undefined>>): EndState {
  let text = state.join('\n')
  for (const [word, name] of Object.entries(names)) if (name !== undefined) text = text.replaceAll(name, word)
  // The digest of a certificate in an annotation; the volume of a pod's token.
  const comparable = text
    .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    // A ReplicaSet is named after its template, which has the certificate's digest.
    .replace(/\bpod-identity-webhook-[0-9a-f]{10}\b/g, 'pod-identity-webhook-HASH')
    .replace(/\b(kube-api-access|[\w-]+-token)-[a-z0-9]{5}\b/g, '$1')
  const lines = comparable.split('\n')
  return lines.filter((line, index) => !isCountless(line) || lines.indexOf(line) === index).sort()
}

function isCountless(line: string): boolean {
  return countless.some((kind) => line.includes(`"kind":"${kind}"`))
}
