import { accountNamespace, managementAccount } from '../ownership/setup-account.ts'
import type { Mode, NamesOfRequest, Place } from '../steps/kubernetes-right.ts'
import { type Right, renewalStates, setupStates, teardownStates } from './rights.ts'
import { namesAccounts, otherAccountsOf, type Setup } from './setup.ts'

/** One rule and its reasons. With a namespace it belongs to a Role, and without one to the ClusterRole. */
export interface Rule {
  readonly namespace?: string
  readonly apiGroup: string
  readonly resources: readonly string[]
  /** Absent for objects of any name. */
  readonly names?: readonly string[]
  readonly verbs: readonly string[]
  readonly reasons: readonly Reason[]
}

/** The reason for some verbs of a rule. */
export interface Reason {
  readonly verbs: readonly string[]
  /** The steps that need the verbs for this reason, in their order. */
  readonly steps: readonly ReasonStep[]
  readonly why: string
  readonly alsoOfWebhook: boolean
}

export interface ReasonStep {
  readonly state: string
  /** Whether the step also works without the right. */
  readonly optional: boolean
}

/** A right in one namespace or on the cluster. */
type Placed = Omit<Rule, 'reasons'> & { readonly right: Right }

/** The rules for the namespaces and names of one request. No rule repeats what another rule allows. */
export function rulesFor(setup: Setup, rights: readonly Right[]): readonly Rule[] {
  const needed = rights.filter(({ modes, when, onlyWholeCluster }) => {
    return !onlyWholeCluster && (modes?.includes(setup.mode) ?? true) && (when?.(setup) ?? true)
  })
  return rulesOf(needed.flatMap((right) => placedFor(setup, right)))
}

/**
 * The rules for all requests with a webhook of this mode. Where names or namespaces depend on the request, the rule
 * covers the complete cluster.
 *
 * @param webhookNamespace the namespace of every webhook. The rights on webhooks are limited to this namespace
 */
export function rulesForAll(mode: Mode, webhookNamespace: string, rights: readonly Right[]): readonly Rule[] {
  const needed = rights.filter(({ modes }) => modes?.includes(mode) ?? true)
  return rulesOf(
    needed.map((right) => {
      const { apiGroup, resources, verbs, place } = right
      const namespace = place === 'webhook' ? { namespace: webhookNamespace } : {}
      const names = constantNames(right)
      return { right, apiGroup, resources, verbs, ...namespace, ...(names && { names }) }
    }),
  )
}

function constantNames({ names, place }: Right): readonly string[] | undefined {
  return typeof names === 'object' && place !== 'default' ? names : undefined
}

function placedFor(setup: Setup, right: Right): Placed[] {
  const { apiGroup, resources, verbs } = right
  return namespacesFor(setup, right.place).flatMap((namespace) => {
    const names = namesFor(setup, right.names, namespace)
    // RBAC interprets an empty list of names as all names.
    if (names?.length === 0) return []
    return { right, apiGroup, resources, verbs, ...(namespace !== undefined && { namespace }), ...(names && { names }) }
  })
}

function namespacesFor(setup: Setup, place: Place): readonly (string | undefined)[] {
  switch (place) {
    case 'cluster':
      return [undefined]
    case 'webhook':
      return [setup.webhookNamespace]
    case 'workloads':
      return unique(setup.workloads.map(({ namespace }) => namespace))
    case 'other accounts':
      return unique(otherAccountsOf(setup).map(({ namespace }) => namespace))
    case 'default':
      return ['default']
    case 'account':
    case 'management account':
      return [accountNamespace]
    case 'management':
      return setup.management ? [setup.management.namespace] : []
  }
}

function namesFor(
  setup: Setup,
  names: NamesOfRequest | readonly string[] | undefined,
  namespace: string | undefined,
): readonly string[] | undefined {
  const inNamespace = (accounts: typeof setup.workloads) =>
    unique(accounts.filter((one) => one.namespace === namespace).map(({ serviceAccount }) => serviceAccount))
  switch (names) {
    case 'webhook namespace':
      return [setup.webhookNamespace]
    case 'workload namespaces':
      return unique(setup.workloads.map((workload) => workload.namespace))
    case 'service accounts':
      return namesAccounts(setup) ? inNamespace(setup.workloads) : undefined
    case 'other accounts':
      return inNamespace(otherAccountsOf(setup))
    case 'cluster':
      return [setup.cluster]
    case 'management account':
      return [managementAccount(setup.cluster)]
    case 'node pools':
      return setup.management?.nodePools ?? []
    default:
      return names
  }
}

/**
 * Combines rights to the same objects into one rule. If a wider rule also allows a verb, the narrower rule omits the
 * verb, and the wider rule gets the verb's reason. So each remaining verb is needed.
 */
function rulesOf(placed: readonly Placed[]): readonly Rule[] {
  const rules = new Map<string, Rule>()
  const add = ({ right, verbs, ...target }: Placed, reported: Reason[]) => {
    const key = targetOf(target)
    const rule = rules.get(key) ?? { ...target, verbs: [], reasons: [] }
    rules.set(key, { ...rule, verbs: unique([...rule.verbs, ...verbs]), reasons: [...rule.reasons, ...reported] })
  }
  for (const one of placed) {
    const remaining = one.verbs.filter((verb) => !widerThan(one, verb, placed))
    if (remaining.length > 0) add({ ...one, verbs: remaining }, [reasonOf(one, remaining)])
  }
  for (const one of placed) {
    for (const verb of one.verbs) {
      const wider = widerThan(one, verb, placed)
      if (wider) add({ ...wider, verbs: [] }, [reasonOf(one, [verb])])
    }
  }
  return [...rules.values()].map((rule) => ({ ...rule, reasons: joined(rule.reasons) }))
}

function reasonOf({ right }: Placed, verbs: readonly string[]): Reason {
  return {
    verbs,
    steps: [{ state: right.step, optional: right.optional ?? false }],
    why: right.why,
    alsoOfWebhook: right.alsoOfWebhook ?? false,
  }
}

const states: readonly string[] = [...setupStates, ...teardownStates, ...renewalStates]

/**
 * Returns the reasons in the order of the steps. Merges the reasons of a right whose verbs are in several rules, and of
 * steps that need the same verbs for the same reason.
 */
function joined(reasons: readonly Reason[]): readonly Reason[] {
  const ofEachStep = joinedBy(reasons, ({ steps, why }) => [steps, why])
  const inOrder = ofEachStep.toSorted((one, other) => orderOf(one) - orderOf(other))
  return joinedBy(inOrder, ({ verbs, why }) => [verbs, why])
}

function joinedBy(reasons: readonly Reason[], key: (reason: Reason) => unknown): readonly Reason[] {
  return [...Map.groupBy(reasons, (reason) => JSON.stringify(key(reason))).values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const verbs = unique([first, ...more].flatMap((reason) => reason.verbs))
    const byState = new Map([first, ...more].flatMap(({ steps }) => steps).map((step) => [step.state, step]))
    return { ...first, verbs, steps: [...byState.values()] }
  })
}

function orderOf({ steps: [first] }: Reason): number {
  return first ? states.indexOf(first.state) : states.length
}

/** The widest right that allows the verb for the same objects and for other objects. */
function widerThan(one: Placed, verb: string, all: readonly Placed[]): Placed | undefined {
  const wider = all.filter((other) => other.verbs.includes(verb) && covers(other, one) && !covers(one, other))
  return wider.find((candidate) => wider.every((other) => covers(candidate, other))) ?? wider[0]
}

function covers(wide: Placed, narrow: Placed): boolean {
  return (
    (wide.namespace === undefined || wide.namespace === narrow.namespace) &&
    wide.apiGroup === narrow.apiGroup &&
    narrow.resources.every((resource) => wide.resources.includes(resource)) &&
    (wide.names === undefined || (narrow.names?.every((name) => wide.names?.includes(name)) ?? false))
  )
}

function targetOf({ namespace, apiGroup, resources, names }: Omit<Placed, 'right' | 'verbs'>): string {
  return JSON.stringify([namespace, apiGroup, resources, names])
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)]
}
