import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Applied, codeOfAll, summaryLines } from '../view/apply-summary.ts'
import type { Ran, Run } from './run-each.ts'

/** How the command ends. Of several requests it first says what came of each, in the order of the files. */
export function endOf({ output, interrupt }: Context, runs: readonly Run[], ran: readonly Ran[]): ExitCode {
  const applied = runs.flatMap((run) => ran.filter((one) => one.run === run).map(appliedOf))
  if (applied.length > 1) {
    if (output.isJson) output.json({ type: 'summary', requests: applied })
    else output.print(summaryLines(applied))
  }
  return interrupt.aborted ? exitCodes.interrupted : codeOfAll(applied.map(({ code }) => code))
}

function appliedOf({ run, code, isStarted, seconds }: Ran): Applied {
  const { file, request } = run.document
  return { file, cluster: request.cluster.name, code, isStarted, seconds }
}
