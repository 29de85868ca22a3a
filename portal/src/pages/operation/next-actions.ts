import type { Operation } from '../../../../client/api.ts'
import { adoptable } from '../../api/again.ts'

/** The actions for an operation: see `texts.next`. */
export type NextAction =
  | 'cancel'
  | 'again'
  | 'adopt'
  | 'planAdopting'
  | 'repair'
  | 'carryOut'
  | 'tearDown'
  | 'tearDownAgain'

type ShownOperation = Pick<
  Operation,
  'kind' | 'status' | 'dryRun' | 'endedAt' | 'result' | 'error' | 'steps' | 'request'
>

/** The useful actions for an operation now. The last one is the most likely. */
export function nextActions(operation: ShownOperation): NextAction[] {
  if (operation.endedAt === undefined) return ['cancel']
  if (operation.kind === 'teardown') return afterTeardown(operation)
  if (operation.kind === 'key-revocation' && operation.status === 'succeeded') return []
  // A verification usually fails because of a manual change, which a repair reverts.
  if (operation.kind === 'verification' && operation.status === 'failed') return ['again', 'repair']
  if (adoptable(operation).length > 0) return ['again', operation.kind === 'plan' ? 'planAdopting' : 'adopt']
  return ['again', ...afterSuccess(operation)]
}

/** After a teardown, the cluster has no record, so the request cannot be sent again. */
function afterTeardown({ status, dryRun }: ShownOperation): NextAction[] {
  if (dryRun) return status === 'succeeded' ? ['again', 'tearDown'] : ['again']
  return status === 'succeeded' ? [] : ['tearDownAgain']
}

function afterSuccess({ status, dryRun, result }: ShownOperation): NextAction[] {
  if (status !== 'succeeded' || result === undefined) return []
  if ('missing' in result) return result.summary.differences > 0 ? ['repair'] : []
  if ('writes' in result) return result.outcome === 'changes' ? ['carryOut'] : []
  return dryRun ? ['carryOut'] : []
}
