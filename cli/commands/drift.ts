import { lookForDrift, readRequest, repair as sendAgain } from '../../client/starts.ts'
import { fileDifferences } from '../apply/file-differences.ts'
import { concurrencyOf } from '../apply/parallel.ts'
import { endOf, type Ran, type Run, runEach, runsOf } from '../apply/run-each.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, WrongUse } from '../errors.ts'
import { followOn, showOutcome, showToItsEnd } from '../operation/run.ts'
import { validRequests } from '../request-file/check.ts'
import { fileDifferenceLines } from '../view/difference-lines.ts'

export interface DriftOptions {
  readonly file?: readonly string[] | undefined
  readonly parallel: string
  /** Whether to send the recorded spec again if something differs. */
  readonly repair?: true | undefined
}

/** Reports the drift of a cluster, or of each cluster in files together with how the files differ from the spec. */
export async function drift(context: Context, cluster: string | undefined, options: DriftOptions): Promise<ExitCode> {
  const { file, parallel, repair } = options
  if (file && cluster === undefined && !repair) return driftOfFiles(context, file, concurrencyOf(parallel))
  if (file && repair)
    throw new WrongUse(
      '--repair sends the recorded spec, and does not take -f. "wid apply -f" sends the request in a file.',
    )
  if (file || cluster === undefined) throw new WrongUse('Name either a cluster, or files with -f.')
  const code = await showToItsEnd(context, lookForDrift(context.api, cluster))
  if (!repair || code !== exitCodes.drift) return code
  return showToItsEnd(context, sendAgain(context.api, cluster))
}

async function driftOfFiles(context: Context, files: readonly string[], concurrency: number): Promise<ExitCode> {
  const runs = runsOf(context, await validRequests(context, files), concurrency)
  const differing = new Set<Run>()
  const ran = await runEach(runs, concurrency, async (run) => {
    const { context, document } = run
    const { name } = document.request.cluster
    const differences = fileDifferences(document.request, await readRequest(context.api, name))
    if (differences.length > 0) differing.add(run)
    const { operationId } = await lookForDrift(context.api, name)
    const ended = await followOn(context, operationId)
    showOutcome(context, ended)
    if (context.output.isJson) context.output.json({ type: 'file', cluster: name, file: document.file, differences })
    else context.output.print(fileDifferenceLines(document.file, differences))
    return ended
  })
  const withDifference = (one: Ran): Ran =>
    one.code === exitCodes.done && differing.has(one.run) ? { ...one, code: exitCodes.drift } : one
  return endOf(context, runs, ran.map(withDifference))
}
