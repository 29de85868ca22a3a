import type { Operation } from '../../client/api.ts'

/** Shows an operation while it runs. */
export interface Watcher {
  /** Shows the current state. Called after each read. */
  readonly show: (operation: Operation) => void
  /** Ends the display. A redrawn part stays as it is. */
  readonly stop: () => void
}
