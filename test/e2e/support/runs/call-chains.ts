import type { Call } from '../../../../sandbox/call-log.ts'

export interface Workload {
  readonly namespace: string
  readonly serviceAccount: string
}

/** Distinct outside calls, with placeholders for the names of cluster and workload. */
export interface CallChains {
  /** Calls of the steps that run once, independent of the number of workloads. */
  readonly once: readonly string[]
  /** Calls of the steps that run for each workload: one list for each. */
  readonly perWorkload: readonly (readonly string[])[]
}

/**
 * The calls of one setup that can depend on each other. A chain goes through the steps that run once, and then through the
 * steps of one workload. The steps of other workloads run in parallel. So the longest chain has at most all distinct calls of
 * the former and of one workload, and it does not grow with the number of workloads if neither list does. Times do not show
 * that: on two cores the calls of twenty workloads wait for each other.
 *
 * A call belongs to a workload by its role or service account, otherwise by its namespace, whose other workloads make the same
 * call. The result has no calls about the webhook's rollout, whose number depends on timing.
 */
export function callChains(
  calls: readonly Call[],
  { names, workloads }: { names: Readonly<Record<string, string>>; workloads: readonly Workload[] },
): CallChains {
  const texts = calls.map((call) => textOf(call, names)).filter((text) => !text.includes('workload-identity-webhook'))
  const ofNone = texts.filter((text) => !workloads.some((workload) => concerns(text, workload)))
  return {
    once: distinct(ofNone),
    perWorkload: workloads.map((workload) => {
      const others = workloads.filter((other) => other !== workload)
      const own = texts.filter((text) => concerns(text, workload) && !others.some((other) => isAbout(text, other)))
      return distinct(own.map((text) => withoutNames(text, workload)))
    }),
  }
}

/** Secrets Manager adds six random characters to each secret's ARN. */
const secretSuffix = /(:secret:\S+)-[0-9a-zA-Z]{6}(?= |$)/

/** At Kubernetes the path identifies a call. At AWS the session and the User-Agent identify the step. */
function textOf({ operation, object, actor, step = '', write }: Call, names: Readonly<Record<string, string>>): string {
  const isPath = operation.includes(' ')
  const session = actor.startsWith('arn:aws:sts:') ? `${actor.split('/').slice(1).join('/')} ${step}` : ''
  let text = `${isPath ? operation : `${session} ${operation} ${object}`}${write ? ' (written)' : ''}`
  for (const [word, name] of Object.entries(names)) text = text.replaceAll(name, word)
  return text.trim().replace(secretSuffix, '$1')
}

function isAbout(text: string, { namespace, serviceAccount }: Workload): boolean {
  const path = `/namespaces/${namespace}/serviceaccounts/${serviceAccount}`
  return new RegExp(`${path}(?![\\w-])|CLUSTER-${namespace}-${serviceAccount}-[0-9a-f]{12}(?![\\w-])`).test(text)
}

function concerns(text: string, workload: Workload): boolean {
  return isAbout(text, workload) || new RegExp(`/namespaces/${workload.namespace}(?![\\w-])`).test(text)
}

function withoutNames(text: string, { namespace, serviceAccount }: Workload): string {
  return text
    .replaceAll(new RegExp(`CLUSTER-${namespace}-${serviceAccount}-[0-9a-f]{12}`, 'g'), 'ROLE')
    .replaceAll(`/serviceaccounts/${serviceAccount}`, '/serviceaccounts/ACCOUNT')
    .replaceAll(`/namespaces/${namespace}`, '/namespaces/NAMESPACE')
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
