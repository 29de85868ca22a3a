/** Accounts with the rights of one step each, as its description lists them. */
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { manifestsFor, type Rights } from '../../../lambdas/rights/manifests.ts'
import type { Right } from '../../../lambdas/rights/rights.ts'
import { rulesFor } from '../../../lambdas/rights/rules.ts'
import type { Setup } from '../../../lambdas/rights/setup.ts'
import type { Call } from '../../../sandbox/call-log.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { serviceAccountUser, type User } from '../../../sandbox/kubernetes/requests/authentication.ts'
import { type Attributes, attributesOf, isAllowed } from '../../../sandbox/kubernetes/requests/authorization.ts'
import { isResourcePath, readResourceRequest } from '../../../sandbox/kubernetes/requests/request-info.ts'
import { grant, type OneRight, oneByOne } from './rights.ts'
import { rightsOfStates } from './rights-of-states.ts'

/** Steps, and a filter of the rights that they need on this cluster. */
interface Granting {
  readonly states: readonly string[]
  readonly isOf: (right: Right) => boolean
}

/** Creates an account for each step, and returns their kubeconfigs by state. */
export async function grantEach(
  cluster: AnyCluster,
  setup: Setup,
  { states, isOf }: Granting,
): Promise<ReadonlyMap<string, string>> {
  const kubeconfigs = new Map<string, string>()
  for (const state of states) {
    const { kubeconfig } = await grant(cluster, manifestsOf(state, setup, isOf))
    kubeconfigs.set(state, kubeconfig)
  }
  return kubeconfigs
}

function manifestsOf(state: string, setup: Setup, isOf: Granting['isOf']): Rights {
  const rules = rulesFor(setup, rightsOfStates([state]).filter(isOf))
  return manifestsFor({ account: accountOf(state), label: setup.cluster }, rules)
}

/** The rights of steps, and those that the steps' accounts have used, such as `BindKsa: get namespaces apps in the cluster`. */
export interface RightsInUse {
  readonly granted: readonly string[]
  readonly used: readonly string[]
}

/** The rights that a step gives to the webhook count as used, because Kubernetes checks them when the step writes the role. */
export function rightsInUse(cluster: AnyCluster, setup: Setup, { states, isOf }: Granting): RightsInUse {
  const rights = states.flatMap((state) => {
    const calls = callsOf(cluster, state).flatMap(({ operation }) => attributesIn(cluster, operation) ?? [])
    return oneByOne(manifestsOf(state, setup, isOf)).map((right) => ({
      title: `${state}: ${right.title}`,
      isUsed: isGiven(right) || calls.some((call) => isUseOf(right, call)),
    }))
  })
  const titles = (some: typeof rights) => some.map(({ title }) => title)
  return { granted: titles(rights), used: titles(rights.filter(({ isUsed }) => isUsed)) }
}

function isGiven({ rule, verb }: OneRight): boolean {
  return rule.reasons.some(({ alsoOfWebhook, verbs }) => alsoOfWebhook && verbs.includes(verb))
}

function isUseOf({ rule, resource, verb, name }: OneRight, call: Attributes): boolean {
  // A server-side apply of an object that does not exist needs both.
  const verbs = call.verb === 'patch' ? ['patch', 'create'] : [call.verb]
  const isInNamespace = rule.namespace === undefined || rule.namespace === call.namespace
  const isNamed = name === undefined || name === call.name
  return isInNamespace && isNamed && rule.apiGroup === call.group && resource === call.resource && verbs.includes(verb)
}

/** The calls of the step's account that the API server refused. A step with a fallback does not report them. */
export function refusedCalls(cluster: AnyCluster, states: readonly string[]): readonly string[] {
  return states.flatMap((state) =>
    callsOf(cluster, state)
      .filter(({ operation }) => !isGranted(cluster, userOf(state), operation))
      .map(({ operation }) => `${state}: ${operation}`),
  )
}

function callsOf(cluster: AnyCluster, state: string): readonly Call[] {
  return emulated(cluster)
    .calls.all()
    .filter(({ actor }) => actor === userOf(state).name)
}

function emulated(cluster: AnyCluster): Cluster {
  if (cluster instanceof Cluster) return cluster
  throw new Error('only the emulated cluster has a log of calls')
}

function userOf(state: string) {
  return serviceAccountUser(accountNamespace, accountOf(state), '')
}

function accountOf(state: string): string {
  return state.toLowerCase()
}

function isGranted(cluster: AnyCluster, user: User, operation: string): boolean {
  const attributes = attributesIn(cluster, operation)
  return attributes === undefined || isAllowed(user, attributes, emulated(cluster).store)
}

/** @param operation such as `PATCH /apis/apps/v1/namespaces/a/deployments/b`. Undefined for a path without a resource. */
function attributesIn(cluster: AnyCluster, operation: string): Attributes | undefined {
  const [method = '', path = ''] = operation.split(' ')
  if (!isResourcePath(path)) return undefined
  const request = { method, path, query: new URLSearchParams(), accept: '', contentType: '', userAgent: '' }
  return attributesOf(readResourceRequest(request, emulated(cluster).types))
}
