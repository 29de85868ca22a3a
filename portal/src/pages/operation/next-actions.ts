import { adoptable } from '../../api/adoption.ts'
import type { Operation } from '../../api/client.ts'

/** What one may do with an operation: see `texts.next`. */
export type NextAction =
  | 'cancel'
  | 'again'
  | 'adopt'
  | 'planAdopting'
  | 'repair'
  | 'carryOut'
  | 'tearDown'
  | 'tearDownAgain'

type Ended = Pick<Operation, 'kind' | 'status' | 'dryRun' | 'endedAt' | 'result' | 'error' | 'steps' | 'request'>

/** What makes sense with an operation now; the last is what one most probably wants. */
export function nextActions(operation: Ended): NextAction[] {
  if (operation.endedAt === undefined) return ['cancel']
  if (operation.kind === 'teardown') return afterTeardown(operation)
  if (operation.kind === 'key-revocation' && operation.status === 'succeeded') return []
  // Most often somebody has changed by hand what a proof needs.
  if (operation.kind === 'verification' && operation.status === 'failed') return ['again', 'repair']
  if (adoptable(operation).length > 0) return ['again', operation.kind === 'plan' ? 'planAdopting' : 'adopt']
  return ['again', ...afterSuccess(operation)]
}

/** A cluster that is torn down has no record from which the same could be sent again. */
function afterTeardown({ status, dryRun }: Ended): NextAction[] {
  if (dryRun) return status === 'succeeded' ? ['again', 'tearDown'] : ['again']
  return status === 'succeeded' ? [] : ['tearDownAgain']
}

function afterSuccess({ status, dryRun, result }: Ended): NextAction[] {
  if (status !== 'succeeded' || result === undefined) return []
  if ('missing' in result) return result.summary.differences > 0 ? ['repair'] : []
  if ('writes' in result) return result.outcome === 'changes' ? ['carryOut'] : []
  return dryRun ? ['carryOut'] : []
}
