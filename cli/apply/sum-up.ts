import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Applied, codeOfAll, summaryLines } from '../view/apply-summary.ts'
import type { Ran, Run } from './run-each.ts'

/** The exit code of the command. For several requests, it first prints each outcome, in the order of the files. */
export function endOf({ output }: Pick<Context, 'output'>, runs: readonly Run[], ran: readonly Ran[]): ExitCode {
  const applied = runs.flatMap((run) => ran.filter((one) => one.run === run).map(appliedOf))
  if (applied.length > 1) {
    if (output.isJson) output.json({ type: 'summary', requests: applied })
    else output.print(summaryLines(applied))
  }
  const codes = applied.map(({ code }) => code)
  return codes.includes(exitCodes.interrupted) ? exitCodes.interrupted : codeOfAll(codes)
}

function appliedOf({ run, code, isStarted, seconds }: Ran): Applied {
  const { file, request } = run.document
  return { file, cluster: request.cluster.name, code, isStarted, seconds }
}
