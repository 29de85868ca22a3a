import type { Operation } from '../../client/api.ts'
import { isInSync } from '../../client/severity.ts'
import { type ExitCode, exitCodes } from '../errors.ts'

/** The exit code for an operation that has ended. */
export function verdictOf({ status, result }: Pick<Operation, 'status' | 'result'>): ExitCode {
  if (status !== 'succeeded') return exitCodes.failed
  if (result && 'writes' in result) return ofPlan(result.outcome)
  if (result && 'summary' in result) return isInSync(result.summary) ? exitCodes.done : exitCodes.drift
  return exitCodes.done
}

function ofPlan(outcome: 'unchanged' | 'changes' | 'refused' | 'incomplete'): ExitCode {
  if (outcome === 'refused') return exitCodes.refused
  if (outcome === 'incomplete') return exitCodes.failed
  return outcome === 'changes' ? exitCodes.drift : exitCodes.done
}
