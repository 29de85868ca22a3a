import type { KubeObject } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { roleNameOf } from '../../../support/aws/roles.ts'
import type { System } from '../system.ts'
import { observed } from './observed.ts'

export type EndState = readonly string[]

/**
 * All objects of this cluster at AWS, Google and Kubernetes, with placeholders for names, so that the end states of two clusters
 * can be compared. It includes duplicates and leftovers.
 */
export async function endState(system: System, name: string): Promise<EndState> {
  const { roles, providers, buckets, objects } = await observed(system, name)
  const state = [...roles, ...providers, ...buckets].map((each) => JSON.stringify(each, comparable))
  const { id } = system.sandbox.kubernetes.cluster(name)?.settings ?? {}
  return namesReplaced([...state, ...objects.map(describe)], { ROLE: roleNameOf(name), CLUSTER: name, ID: id })
}

/** Kinds with random names, whose number depends on restarts. Only their content is compared. */
const countless = ['Pod', 'ReplicaSet', 'CertificateSigningRequest']

/** Fields that differ in each cluster, or change with time. */
const incomparable = new Set(
  `RoleId CreateDate uid resourceVersion creationTimestamp generation observedGeneration time startTime startedAt lastTransitionTime
  lastUpdateTime lastProbeTime finishedAt clusterIP clusterIPs podIP podIPs hostIP nodeName containerID restartCount
  pod-template-hash deployment.kubernetes.io/revision generateName request certificate caBundle endpoint`.split(/\s+/),
)

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
  // The order has no meaning.
  if (key === 'managedFields' && Array.isArray(value))
    return value.map((entry) => JSON.stringify(entry, comparable)).sort()
  return value
}

function namesReplaced(state: readonly string[], names: Readonly<Record<string, string | undefined>>): EndState {
  let text = state.join('\n')
  for (const [word, name] of Object.entries(names)) if (name !== undefined) text = text.replaceAll(name, word)
  // Replaces the digest of a certificate in an annotation.
  const comparable = text
    .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    // The name of a ReplicaSet has a hash of its template, which has the certificate's digest.
    .replace(/\bpod-identity-webhook-[0-9a-f]{10}\b/g, 'pod-identity-webhook-HASH')
    .replace(/\b(kube-api-access|[\w-]+-token)-[a-z0-9]{5}\b/g, '$1')
  const lines = comparable.split('\n')
  return lines.filter((line, index) => !isCountless(line) || lines.indexOf(line) === index).sort()
}

function isCountless(line: string): boolean {
  return countless.some((kind) => line.includes(`"kind":"${kind}"`))
}
