/** Runs an operation for each request of a command. */
import type { Operation } from '../../client/api.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { verdictOf } from '../operation/verdict.ts'
import { namedOutput } from '../output.ts'
import { reportError } from '../report-error.ts'
import type { RequestDocument } from '../request-file/read.ts'
import { inParallel } from './in-parallel.ts'

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

/** @param width when several requests run at a time, each line begins with its cluster's name */
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
