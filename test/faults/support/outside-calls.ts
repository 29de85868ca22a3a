import { proofSessionName } from '../../../lambdas/clouds/aws/web-identity.ts'
import type { Call } from '../../../sandbox/call-log.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import type { System } from '../../e2e/support/system.ts'
import { purposeOf } from '../../support/call-purpose.ts'

const servers = ['aws', 'google', 'management', 'cluster'] as const

export type Server = (typeof servers)[number]

/** An outside call of an operation, with a placeholder for the cluster's name, and `*` for random characters. */
export interface OutsideCall {
  readonly server: Server
  readonly operation: string
  /** Undefined where the operation is a path. */
  readonly object?: string
  /** At AWS: the caller, if it is not the function of a step. */
  readonly actor?: string
  /** At AWS: the step that calls with the role of its function. */
  readonly step?: string
}

/** Replaces the cluster's name. */
const placeholder = 'CLUSTER'

/** Kinds whose objects get random names from controllers and API servers. */
const named = /\/(pods|certificatesigningrequests)\/[^/]+/

/** The random parts of the names of roles and issuers, and of the ARNs of secrets. */
const digests = /-[0-9a-f]{12}\b|(?<=gke-issuer-)[0-9a-f]{8}|(?<=:secret:\S+)-[0-9a-zA-Z]{6}$/g

/** The distinct calls, in the order of their first occurrence. */
export async function outsideCalls(
  { sandbox }: System,
  { calls: ofCluster, name: cluster }: Pick<Cluster, 'calls' | 'name'>,
  steps: readonly string[],
): Promise<OutsideCall[]> {
  const { aws, google, kubernetes } = sandbox
  const logs = { aws: aws.calls, google: google.calls, management: kubernetes.management.calls, cluster: ofCluster }
  const lists = await Promise.all(
    servers.map(async (server) => {
      const calls = await logs[server].all()
      return calls.map((call) => ({ at: call.at, call: outsideCallOf(server, call, { cluster, steps }) }))
    }),
  )
  const inOrder = lists.flat().sort((a, b) => a.at - b.at)
  const byName = new Map(inOrder.flatMap(({ call }) => (call ? [[nameOfCall(call), call] as const] : [])))
  return [...byName.values()]
}

/** Undefined for calls that the product does not make, and for calls to its record and workflow. */
export function outsideCallOf(
  server: Server,
  call: Pick<Call, 'actor' | 'step' | 'operation' | 'object'>,
  { cluster, steps }: { readonly cluster: string; readonly steps: readonly string[] },
): OutsideCall | undefined {
  if (purposeOf(call) !== 'outside') return undefined
  const { actor, operation, object } = call
  const generalized = (text: string) => text.replaceAll(cluster, placeholder).replace(digests, '*')
  if (server === 'management' || server === 'cluster') {
    return { server, operation: generalized(operation).replace(named, '/$1/*') }
  }
  if (server === 'google') return { server, operation, object: generalized(object) }
  const step = isByAnotherCaller(actor) ? undefined : steps.find((each) => each === call.step)
  const caller = step === undefined ? { actor: generalized(actor) } : { step }
  return { server, operation, object: generalized(object), ...caller }
}

/** Whether the call is unsigned, or signed by the workload whose role is verified. */
function isByAnotherCaller(actor: string): boolean {
  return actor === 'anonymous' || actor.endsWith(`/${proofSessionName}`)
}

/** The unique name of a call. */
export function nameOfCall({ server, operation, object, step, actor }: OutsideCall): string {
  const where = server === 'cluster' ? 'user cluster' : server
  return [where, step ?? actor, operation, object].filter((part) => part !== undefined).join(' ')
}

/** Whether the call names a cluster, so that a fault does not meet calls of other clusters. */
export function isOfOneCluster(call: OutsideCall): boolean {
  return call.server === 'cluster' || nameOfCall(call).includes(placeholder)
}

/** Patterns of the call's operation, object and caller for one cluster. */
export function patternsFor(
  { operation, object, actor, step }: OutsideCall,
  cluster: string,
): { readonly operation: string; readonly object?: string; readonly actor?: string; readonly step?: string } {
  const of = (text: string) => text.replaceAll(placeholder, cluster)
  return {
    operation: of(operation),
    ...(object !== undefined && { object: of(object) }),
    ...(actor !== undefined && { actor: of(actor) }),
    ...(step !== undefined && { step }),
  }
}
