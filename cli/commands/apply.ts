import { adding, replacing } from '../apply/operate.ts'
import { type Ran, type Run, runEach, runsOf } from '../apply/run-each.ts'
import { endOf } from '../apply/sum-up.ts'
import { widthOf } from '../apply/width.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { validRequests } from '../request-file/check.ts'

export interface ApplyOptions {
  readonly file: readonly string[]
  readonly parallel: string
  readonly prune?: true | undefined
  readonly yes?: true | undefined
}

/** Plans the requests of the files, asks, sends them and follows them. One that fails keeps none of the others. */
export async function apply(context: Context, { file, parallel, prune, yes }: ApplyOptions): Promise<ExitCode> {
  const { plan, setUp } = prune ? replacing() : adding
  const width = widthOf(parallel)
  const runs = runsOf(context, await validRequests(context, file), width)
  const impossible = yes ? [] : (await runEach(runs, width, plan)).filter((planned) => !isPossible(planned))
  const possible = runs.filter((run) => !impossible.some((planned) => planned.run === run))
  const isAsked = !yes && possible.length > 0 && !context.interrupt.aborted
  if (isAsked && !(await isConfirmed(questionOf(possible)))) return exitCodes.failed
  return endOf(context, runs, [...impossible, ...(await runEach(possible, width, setUp))])
}

/** A setup may wait for what a plan could not look at: whoever has read that decides. */
function isPossible({ operation }: Ran): boolean {
  if (operation?.status !== 'succeeded') return false
  const { result } = operation
  return result !== undefined && 'writes' in result && result.outcome !== 'refused'
}

function questionOf(runs: readonly Run[]): string {
  return `Set up ${runs.map(({ document }) => document.request.cluster.name).join(', ')}?`
}
