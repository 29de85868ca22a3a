import type { Call } from '../../sandbox/call-log.ts'
import type { CallPurpose } from '../../test/support/call-purpose.ts'
import { type Span, spanOf } from './chain.ts'

export type CallWithPurpose = Call & { readonly purpose: CallPurpose }

/** The calls of one step, in all its attempts and polls. */
export interface StepCalls {
  readonly state: string
  readonly calls: readonly CallWithPurpose[]
  /** The time from the first call to the last response, including the waits between polls. */
  readonly wallMs: number
}

/**
 * Returns the calls of each step that made calls, in the order in which the steps start. Calls to AWS and Kubernetes
 * name the step in the User-Agent. Calls by Google's libraries and calls to STS do not, and are attributed to the step
 * that runs at that time. Of steps that may run in parallel, at most one makes calls without its name.
 *
 * @param states the names of the steps
 */
export function callsBySteps(calls: readonly CallWithPurpose[], states: readonly string[]): StepCalls[] {
  const known = states.flatMap((state) => {
    const own = calls.filter((call) => isOf(call, state))
    return own.length > 0 ? [{ state, calls: own, span: spanOfAll(own) }] : []
  })
  const others = calls.filter((call) => isInOtherName(call) && !states.some((state) => isOf(call, state)))
  return known
    .toSorted((a, b) => a.span.from - b.span.from)
    .map(({ state, calls: own, span }) => {
      const within = others.filter(({ at }) => span.from <= at && at <= span.to)
      return { state, calls: [...own, ...within], wallMs: span.to - span.from }
    })
}

function isOf({ step, agent = '' }: Call, state: string): boolean {
  return step === state || agent.endsWith(` app/${state}`)
}

/** Whether a step may have made this call without its name. Calls by a Python client are those of the sandbox's STS. */
function isInOtherName({ purpose, agent = '' }: CallWithPurpose): boolean {
  return purpose === 'outside' && !agent.startsWith('python')
}

function spanOfAll(calls: readonly Call[]): Span {
  const spans = calls.map(spanOf)
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) }
}
