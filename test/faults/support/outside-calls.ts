import { proofSessionName } from '../../../lambdas/clouds/aws/web-identity.ts'
import type { Call } from '../../../sandbox/call-log.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import type { System } from '../../e2e/support/system.ts'
import { purposeOf } from '../../support/call-purpose.ts'

const servers = ['aws', 'google', 'management', 'cluster'] as const

export type Server = (typeof servers)[number]

/** A call that an operation makes, in words that are the same for every cluster. `*` stands for characters of chance. */
export interface OutsideCall {
  readonly server: Server
  readonly operation: string
  /** Left out where the operation is a path, which says it all. */
  readonly object?: string
  /** Of AWS: who calls, if it is not the function of a step in its own name. */
  readonly actor?: string
  /** Of AWS: the step that calls by the role of its function. */
  readonly step?: string
}

/** In the place of the cluster's name. */
const placeholder = 'CLUSTER'

/** Kinds whose objects have names of chance: controllers and API servers give them. */
const named = /\/(pods|certificatesigningrequests)\/[^/]+/

/** Of the name of a role, of an issuer, and of the ARN of a secret. */
const digests = /-[0-9a-f]{12}\b|(?<=gke-issuer-)[0-9a-f]{8}|(?<=:secret:\S+)-[0-9a-zA-Z]{6}$/g

/** Each call once, in the order in which they were first made. */
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

/** Undefined for what is not the product's, and for its own record and workflow. */
export function outsideCallOf(
  server: Server,
  call: Pick<Call, 'actor' | 'step' | 'operation' | 'object'>,
  { cluster, steps }: { readonly cluster: string; readonly steps: readonly string[] },
): OutsideCall | undefined {
  if (purposeOf(call) !== 'outside') return undefined
  const { actor, operation, object } = call
  const inWords = (text: string) => text.replaceAll(cluster, placeholder).replace(digests, '*')
  if (server === 'management' || server === 'cluster') {
    return { server, operation: inWords(operation).replace(named, '/$1/*') }
  }
  if (server === 'google') return { server, operation, object: inWords(object) }
  const step = isInOtherName(actor) ? undefined : steps.find((each) => each === call.step)
  const caller = step === undefined ? { actor: inWords(actor) } : { step }
  return { server, operation, object: inWords(object), ...caller }
}

/** Not signed, or signed as the workload whose role is tried. */
function isInOtherName(actor: string): boolean {
  return actor === 'anonymous' || actor.endsWith(`/${proofSessionName}`)
}

/** What tells the call from the others of its operation. */
export function nameOfCall({ server, operation, object, step, actor }: OutsideCall): string {
  const where = server === 'cluster' ? 'user cluster' : server
  return [where, step ?? actor, operation, object].filter((part) => part !== undefined).join(' ')
}

/** Whether calls of the operations on other clusters are told from it. */
export function isOfOneCluster(call: OutsideCall): boolean {
  return call.server === 'cluster' || nameOfCall(call).includes(placeholder)
}

/** The call's operation, object and caller for one cluster, as patterns. */
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
