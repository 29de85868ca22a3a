import type { Step } from '../../../../client/api.ts'

/** A state for several workloads has several steps. The state gets the first of these statuses that a step has. */
const mostTelling = ['failed', 'running', 'waiting', 'stopped', 'succeeded'] as const

/** The status of each started state, by name. */
export function stateStatuses(steps: readonly Pick<Step, 'state' | 'status'>[]): Map<string, Step['status']> {
  const byState = Map.groupBy(steps, ({ state }) => state)
  return new Map([...byState].map(([state, own]) => [state, combined(own)]))
}

function combined(steps: readonly Pick<Step, 'status'>[]): Step['status'] {
  return mostTelling.find((status) => steps.some((step) => step.status === status)) ?? 'succeeded'
}
