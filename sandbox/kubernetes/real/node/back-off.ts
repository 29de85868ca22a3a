import type { Exit } from './pod-process.ts'

/** A kubelet's starts at 10 s, ends at 5 minutes, and starts anew after a run of 10 minutes. */
const firstMs = 1000
const longestMs = 30_000
const goodRunMs = 60_000

/** How long a program that ends again and again has to wait. */
export class BackOff {
  #lastMs = 0

  /** Milliseconds from the end of this run to the next. */
  after({ startedAt, finishedAt }: Exit): number {
    const wasGood = finishedAt.getTime() - startedAt.getTime() >= goodRunMs
    this.#lastMs = this.#lastMs === 0 || wasGood ? firstMs : Math.min(longestMs, this.#lastMs * 2)
    return this.#lastMs
  }
}
