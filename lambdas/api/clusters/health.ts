import * as z from 'zod/mini'
import { type Severity, severities } from '../../report/severity.ts'

/** Summarizes a list of conditions. */
export const health = z.object({
  state: z
    .enum(['ready', 'changing', 'failing', 'drifted', 'unknown'])
    .check(
      z.describe(
        'ready: all conditions are True. changing: an operation is under way that may change the object. failing: a condition other than InSync is False. drifted: only InSync is False. unknown: no condition is False, and a condition is Unknown or there is no condition yet',
      ),
    ),
  because: z.exactOptional(
    z
      .string()
      .check(
        z.describe('The type of the first condition that is the reason for the state failing, drifted or unknown'),
      ),
  ),
  severity: z.exactOptional(
    z.enum(severities).check(z.describe('The severity of the worst difference. Present in the state drifted')),
  ),
})

export type Health = z.output<typeof health>

interface TypedCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly severity?: Severity
}

/** @param isChanging whether an operation may change the object now: its health is then `changing` */
export function healthOf(conditions: readonly TypedCondition[], isChanging: boolean): Health {
  if (isChanging) return { state: 'changing' }
  const failing = conditions.find(({ type, status }) => type !== 'InSync' && status === 'False')
  if (failing) return { state: 'failing', because: failing.type }
  const drifted = firstWith(conditions, 'False')
  if (drifted) {
    const { type, severity } = drifted
    return { state: 'drifted', because: type, ...(severity && { severity }) }
  }
  const unknown = firstWith(conditions, 'Unknown')
  if (unknown) return { state: 'unknown', because: unknown.type }
  return { state: conditions.length === 0 ? 'unknown' : 'ready' }
}

function firstWith(
  conditions: readonly TypedCondition[],
  status: TypedCondition['status'],
): TypedCondition | undefined {
  return conditions.find((condition) => condition.status === status)
}
