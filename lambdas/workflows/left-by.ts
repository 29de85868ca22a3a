import type { OperationError } from '../errors/recorded.ts'
import { withRemaining } from '../errors/remaining.ts'
import type { StepItem } from '../operations/record/record.ts'

/** The objects that a removal step has left in place. */
export function leftBy({ state, item, status, output }: StepItem): OperationError[] {
  if (status !== 'succeeded') return []
  const { remaining } = withRemaining.parse(output ?? {})
  return remaining.map((one) => ({ ...one, step: state, ...(item !== undefined && { item }) }))
}
