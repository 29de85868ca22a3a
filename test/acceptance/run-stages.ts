/** Runs stages one after the other, and takes back what they did in the reverse order, whatever happens. */

export interface Stage {
  readonly name: string
  /** Ends early, by an error, once the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /**
   * Takes back what the stage did. It is called for each stage that was started, also for one that failed half-way, and so
   * removes what is there, and nothing when nothing is.
   */
  readonly undo?: () => Promise<void>
}

export interface Ended {
  readonly stage: string
  readonly seconds: number
  /** Left out when it went well. */
  readonly error?: unknown
}

export interface StagesRun {
  /** In their order. The last one has failed, unless all went well. */
  readonly ran: readonly Ended[]
  /** In their order: that of the last stage comes first. */
  readonly undone: readonly Ended[]
}

export interface StageReport {
  readonly started: (stage: string) => void
  readonly undoing: (stage: string) => void
  readonly ended: (ended: Ended) => void
}

/** Why a stage is not started: somebody has sent a signal. */
export class Stopped extends Error {}

/** Neither a stage nor an undo that fails keeps the undos of others from being called. Never throws. */
export async function runStages(
  stages: readonly Stage[],
  { signal, report }: { readonly signal: AbortSignal; readonly report: StageReport },
): Promise<StagesRun> {
  const ran: Ended[] = []
  const started: Stage[] = []
  for (const stage of stages) {
    report.started(stage.name)
    started.push(stage)
    ran.push(await timed(stage.name, () => unlessStopped(stage, signal), report))
    if (ran.at(-1)?.error !== undefined) break
  }
  const undone: Ended[] = []
  for (const { name, undo } of started.toReversed()) {
    if (undo === undefined) continue
    report.undoing(name)
    undone.push(await timed(name, undo, report))
  }
  return { ran, undone }
}

async function unlessStopped({ name, run }: Stage, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Stopped(`It was stopped before the stage "${name}".`)
  await run(signal)
  if (signal.aborted) throw new Stopped(`It was stopped in the stage "${name}".`)
}

async function timed(stage: string, act: () => Promise<void>, { ended }: StageReport): Promise<Ended> {
  const since = performance.now()
  const error = await act().then(
    () => undefined,
    (thrown: unknown) => thrown ?? new Error('no reason is known'),
  )
  const seconds = (performance.now() - since) / 1000
  const outcome = { stage, seconds, ...(error !== undefined && { error }) }
  ended(outcome)
  return outcome
}
