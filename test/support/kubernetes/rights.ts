/** An account that has exactly the rights of the manifests, or all except one. */
import { test } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { plainObject, type Rights, type RightsObject } from '../../../lambdas/rights/manifests.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { authenticated, type Decision, untilDecided } from './access-reviews.ts'
import { clientOf, writeAs } from './clusters.ts'

/** One verb on one resource, with one name if the rule has names. */
export interface OneRight {
  readonly rule: Rule
  readonly resource: string
  readonly verb: string
  readonly name: string | undefined
  /** The first step that must fail without the right. If none fails, the first that uses it. */
  readonly step: string
  readonly optional: boolean
  /** "get deployments.apps pod-identity-webhook in workload-identity-webhook" */
  readonly title: string
}

/** All single rights of the manifests. */
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
  if (!step) throw new Error(`no reason for ${verb} ${resource}`)
  const words = [verb, qualified(rule, resource), name, `in ${rule.namespace ?? 'the cluster'}`]
  const { state, optional } = step
  return { rule, ...part, step: state, optional, title: words.filter((word) => word !== undefined).join(' ') }
}

/** "deployments.apps", "pods", "certificatesigningrequests.certificates.k8s.io/approval" */
export function qualified({ apiGroup }: Rule, resource: string): string {
  const [plural, ...subresource] = resource.split('/')
  return [apiGroup === '' ? plural : `${plural}.${apiGroup}`, ...subresource].join('/')
}

/** The rights that are not among the others. */
export function beyond(rights: readonly OneRight[], others: readonly OneRight[]): readonly OneRight[] {
  const known = new Set(others.map(({ title }) => title))
  return rights.filter(({ title }) => !known.has(title))
}

/** A test for each right, with a title that it.each would truncate: "BindKsa is refused without get namespaces apps in the cluster". */
export function eachRight(rights: readonly OneRight[], what: string, run: (right: OneRight) => Promise<void>): void {
  for (const right of rights) test(`${right.step} ${what} ${right.title}`, () => run(right))
}

export interface Granted {
  /** With the account's token. */
  readonly kubeconfig: string
  /** Revokes the right of this title, restores the one revoked before, and waits until both take effect. */
  without(title: string): Promise<void>
  /** Restores the revoked right. */
  all(): Promise<void>
}

/** Applies the manifests as an administrator, as `kubectl apply` does. */
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
  let revoked: OneRight | undefined
  const change = async (to: OneRight | undefined) => {
    const changed = rights.objects.filter(({ rules }) =>
      [revoked, to].some((right) => right && rules?.includes(right.rule)),
    )
    for (const object of changed) await writeAs(cluster, 'kubectl', manifestOf(object, to))
    await untilDecided(cluster, [...(revoked ? [decided(revoked, true)] : []), ...(to ? [decided(to, false)] : [])])
    revoked = to
  }
  return {
    kubeconfig: cluster.kubeconfig().replaceAll(cluster.adminToken, token),
    async without(title) {
      const right = each.find((one) => one.title === title)
      if (!right) throw new Error(`the manifests have no right to ${title}`)
      if (right !== revoked) await change(right)
    },
    all: () => change(undefined),
  }
}

function manifestOf(object: RightsObject, revoked?: OneRight): Manifest {
  const rules = object.rules?.flatMap((rule) => (rule === revoked?.rule ? rest(revoked) : rule))
  return { ...object, ...plainObject({ ...object, ...(rules && { rules }) }) }
}

/** A rule without one right. */
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
