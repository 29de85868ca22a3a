/** An account that has exactly the rights of the manifests, or all but one. */
import { test } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { plainObject, type Rights, type RightsObject } from '../../../lambdas/rights/manifests.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { authenticated, type Decision, untilDecided } from './access-reviews.ts'
import { clientOf, writeAs } from './clusters.ts'

/** One verb on one resource, and of one name where the rule has names. */
export interface OneRight {
  readonly rule: Rule
  readonly resource: string
  readonly verb: string
  readonly name: string | undefined
  /** The first step that must fail without it. Where none fails, the first that uses it. */
  readonly step: string
  readonly optional: boolean
  /** "get deployments.apps pod-identity-webhook in workload-identity-webhook" */
  readonly title: string
}

/** Everything that can be taken away. */
export function oneByOne(rights: Rights): readonly OneRight[] {
  return rights.objects
    .flatMap(({ rules }) => rules ?? [])
    .flatMap((rule) =>
      rule.resources.flatMap((resource) =>
        rule.verbs.flatMap((verb) =>
          (rule.names ?? [undefined]).map((name) => oneRight(rule, { resource, verb, name })),
        ),
      ),
    )
}

function oneRight(rule: Rule, part: Pick<OneRight, 'resource' | 'verb' | 'name'>): OneRight {
  const { resource, verb, name } = part
  const steps = rule.reasons.filter(({ verbs }) => verbs.includes(verb)).flatMap((reason) => reason.steps)
  const step = steps.find(({ optional }) => !optional) ?? steps[0]
  if (!step) throw new Error(`nothing says what ${verb} ${resource} is for`)
  const words = [verb, qualified(rule, resource), name, `in ${rule.namespace ?? 'the cluster'}`]
  const { state, optional } = step
  return { rule, ...part, step: state, optional, title: words.filter((word) => word !== undefined).join(' ') }
}

/** "deployments.apps", "pods", "certificatesigningrequests.certificates.k8s.io/approval" */
export function qualified({ apiGroup }: Rule, resource: string): string {
  const [plural, ...subresource] = resource.split('/')
  return [apiGroup === '' ? plural : `${plural}.${apiGroup}`, ...subresource].join('/')
}

/** Those that the others do not have. */
export function beyond(rights: readonly OneRight[], others: readonly OneRight[]): readonly OneRight[] {
  const known = new Set(others.map(({ title }) => title))
  return rights.filter(({ title }) => !known.has(title))
}

/** A test for each, by a name that it.each would cut short: "BindKsa is refused without get namespaces apps in the cluster". */
export function eachRight(rights: readonly OneRight[], what: string, run: (right: OneRight) => Promise<void>): void {
  for (const right of rights) test(`${right.step} ${what} ${right.title}`, () => run(right))
}

/** The rights of an account that was given them. */
export interface Granted {
  /** With the account's token. */
  readonly kubeconfig: string
  /** Takes the one of this title away, and gives back what was taken before. Done when the API server goes by it. */
  without(title: string): Promise<void>
  /** Gives back what was taken. */
  all(): Promise<void>
}

/** Applies the manifests as an administrator, as `kubectl apply` does it. */
export async function grant(cluster: AnyCluster, rights: Rights): Promise<Granted> {
  const admin = clientOf(cluster)
  for (const object of rights.objects) await writeAs(cluster, 'kubectl', manifestOf(object))
  const each = oneByOne(rights)
  const decided = (right: OneRight, allowed: boolean) => decisionOn(rights.account, right, allowed)
  await untilDecided(
    cluster,
    each.map((right) => decided(right, true)),
  )
  const account = { namespace: accountNamespace, name: rights.account }
  const { token } = await admin.createToken(account, { expirationSeconds: 3600 })
  let taken: OneRight | undefined
  const change = async (to: OneRight | undefined) => {
    const changed = rights.objects.filter(({ rules }) =>
      [taken, to].some((right) => right && rules?.includes(right.rule)),
    )
    for (const object of changed) await writeAs(cluster, 'kubectl', manifestOf(object, to))
    await untilDecided(cluster, [...(taken ? [decided(taken, true)] : []), ...(to ? [decided(to, false)] : [])])
    taken = to
  }
  return {
    kubeconfig: cluster.kubeconfig().replaceAll(cluster.adminToken, token),
    async without(title) {
      const right = each.find((one) => one.title === title)
      if (!right) throw new Error(`there is no right to ${title}`)
      if (right !== taken) await change(right)
    },
    all: () => change(undefined),
  }
}

function manifestOf(object: RightsObject, taken?: OneRight): Manifest {
  const rules = object.rules?.flatMap((rule) => (rule === taken?.rule ? rest(taken) : rule))
  return { ...object, ...plainObject({ ...object, ...(rules && { rules }) }) }
}

/** What is left of a rule without one right. */
function rest({ rule, resource, verb, name }: OneRight): readonly Rule[] {
  const others = rule.resources.filter((one) => one !== resource)
  const verbs = rule.verbs.filter((one) => one !== verb)
  const names = rule.names?.filter((one) => one !== name)
  return [
    ...(others.length > 0 ? [{ ...rule, resources: others }] : []),
    ...(verbs.length > 0 ? [{ ...rule, resources: [resource], verbs }] : []),
    ...(names && names.length > 0 ? [{ ...rule, resources: [resource], verbs: [verb], names }] : []),
  ]
}

function decisionOn(account: string, { rule, verb, name, ...right }: OneRight, allowed: boolean): Decision {
  const [resource = '', subresource] = right.resource.split('/')
  const { namespace, apiGroup: group } = rule
  return {
    user: `system:serviceaccount:${accountNamespace}:${account}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${accountNamespace}`, authenticated],
    access: { verb, group, resource, subresource, name, namespace },
    allowed,
  }
}
