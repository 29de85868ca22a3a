import type { Operation } from '../api/client.ts'

/** Shows an operation while it goes on. */
export interface Watcher {
  /** What it says now; called after each look at it. */
  readonly show: (operation: Operation) => void
  /** Nobody looks any more: what can be drawn again is left as it is. */
  readonly stop: () => void
}
