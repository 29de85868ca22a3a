/** Runs an operation for each request of a command. */
import type { Operation } from '../../client/api.ts'
import type { Context } from '../context.ts'
import type { Applied } from '../documents.ts'
import { CommandError, type ExitCode, exitCodes } from '../errors.ts'
import { verdictOf } from '../operation/verdict.ts'
import { namedOutput } from '../output.ts'
import { reportError } from '../report-error.ts'
import type { RequestDocument } from '../request-file/read.ts'
import { codeOfAll, summaryLines } from '../view/apply-summary.ts'
import { inParallel } from './parallel.ts'

/** A request, and the output for its cluster. */
export interface Run {
  readonly document: RequestDocument
  readonly context: Context
  /** The cluster's name in errors, if the command has several. */
  readonly name?: string | undefined
}

export interface Ran {
  readonly run: Run
  readonly code: ExitCode
  /** False after Ctrl-C, when nothing was sent. */
  readonly isStarted: boolean
  readonly seconds: number
  /** The operation at its end. Undefined when it was rejected, or has not ended. */
  readonly operation?: Operation | undefined
  /** Why the operation is missing. */
  readonly message?: string | undefined
}

/** @param width how many requests run at a time. If several do, each line begins with the name of its cluster */
export function runsOf(context: Context, documents: readonly RequestDocument[], width: number): Run[] {
  const names = documents.map(({ request }) => request.cluster.name)
  if (names.length === 1) return documents.map((document) => ({ document, context }))
  const longest = Math.max(...names.map((name) => name.length))
  return documents.map((document) => {
    const name = document.request.cluster.name
    const output = width === 1 ? context.output : namedOutput(context.output, name.padEnd(longest))
    return { document, context: { ...context, output }, name }
  })
}

/** Runs at most `width` operations at a time. A failure does not stop the others. Ctrl-C prevents further starts. */
export function runEach(
  runs: readonly Run[],
  width: number,
  operate: (run: Run) => Promise<Operation>,
): Promise<Ran[]> {
  return inParallel(runs, width, async (run) => {
    const { context, name } = run
    if (context.interrupt.aborted) return { run, code: exitCodes.interrupted, isStarted: false, seconds: 0 }
    const startedAt = Date.now()
    const ended = (more: Pick<Ran, 'code' | 'operation' | 'message'>): Ran => {
      return { run, isStarted: true, seconds: (Date.now() - startedAt) / 1000, ...more }
    }
    try {
      const operation = await operate(run)
      return ended({ code: verdictOf(operation), operation })
    } catch (error) {
      const code = reportError(error, context.output.isJson, name)
      return ended({ code, ...(error instanceof CommandError && { message: error.message }) })
    }
  })
}

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
