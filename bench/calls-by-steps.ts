import type { Call } from '../sandbox/call-log.ts'
import type { CallPurpose } from '../test/support/call-purpose.ts'
import { type Span, spanOf } from './chain.ts'

export type MadeCall = Call & { readonly purpose: CallPurpose }

/** What one step has called, in all its attempts and polls. */
export interface StepCalls {
  readonly state: string
  readonly calls: readonly MadeCall[]
  /** From its first call to its last answer, with the waits between its polls. */
  readonly wallMs: number
}

/**
 * The calls of each step that has made any, in the order in which the steps start. Its calls to AWS and to Kubernetes name
 * the step in the User-Agent. What Google and STS are asked in another name is asked by the step that is at work then: of
 * those that may be at work at the same time, one at most asks them.
 *
 * @param states the names of the steps
 */
export function callsBySteps(calls: readonly MadeCall[], states: readonly string[]): StepCalls[] {
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

/** STS itself reads the discovery documents with Python. */
function isInOtherName({ purpose, agent = '' }: MadeCall): boolean {
  return purpose === 'outside' && !agent.startsWith('python')
}

function spanOfAll(calls: readonly Call[]): Span {
  const spans = calls.map(spanOf)
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) }
}
