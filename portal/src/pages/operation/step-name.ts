import type { Step } from '../../api/client.ts'

/** The state, and the workload if the state runs for each. */
export function stepName({ state, item }: Pick<Step, 'state' | 'item'>): string {
  return item === undefined ? state : `${state} ${item}`
}
