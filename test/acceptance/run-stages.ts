/** Runs stages one after the other, and always undoes them in reverse order. */
export interface Stage {
  readonly name: string
  /** Fails when the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /**
   * Undoes the stage. It is called for each started stage, also for one that failed, so it must accept that objects are missing.
   */
  readonly undo?: () => Promise<void>
}

export interface Ended {
  readonly stage: string
  readonly seconds: number
  /** Undefined after success. */
  readonly error?: unknown
}

export interface StagesRun {
  /** The stages in order. The last one has failed, unless all succeeded. */
  readonly ran: readonly Ended[]
  /** The undone stages in order, which begins with the last stage. */
  readonly undone: readonly Ended[]
}

export interface StageReport {
  readonly started: (stage: string) => void
  readonly undoing: (stage: string) => void
  readonly ended: (ended: Ended) => void
}

/** A signal has stopped the run. */
export class Stopped extends Error {}

/** Calls the undos of all started stages, also after a stage or an undo has failed. Never throws. */
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
