/** What one execution does when all goes well, without polls and retries. test/infra/cost/runs.test.ts counts it in the definitions. */

export interface Run {
  readonly transitions: number
  /** Of functions. */
  readonly calls: number
}

/** What an execution does of itself, and for each of its items besides. */
export interface RunOf {
  readonly once: Run
  /** A workload, and of a rotation a cluster with a webhook of ours. */
  readonly each: Run
}

export const runs = {
  setup: { once: { transitions: 23, calls: 9 }, each: { transitions: 3, calls: 3 } },
  drift: { once: { transitions: 25, calls: 8 }, each: { transitions: 4, calls: 2 } },
  verification: { once: { transitions: 6, calls: 2 }, each: { transitions: 1, calls: 1 } },
  rotation: { once: { transitions: 4, calls: 2 }, each: { transitions: 15, calls: 7 } },
} as const satisfies Readonly<Record<string, RunOf>>

/** One execution with so many items. */
export function runWith({ once, each }: RunOf, items: number): Run {
  return { transitions: once.transitions + items * each.transitions, calls: once.calls + items * each.calls }
}
