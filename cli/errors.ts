import { type ExitCode, exitCodes } from './exit-codes.ts'
import { plainLines } from './view/terminal-text.ts'

/** What ends a command. `message` says what happened, to what, and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: ExitCode = exitCodes.failed

  /** @param message one line, or several: what a server has said adds none */
  constructor(message: string | readonly string[]) {
    super(plainLines(message))
  }
}

/** The API does not answer, or has failed. Another attempt may find it well. */
export class ApiFailed extends CommandError {
  override readonly name = 'ApiFailed'
}

/** The command line or a file is wrong: nothing was sent. */
export class WrongUse extends CommandError {
  override readonly name: string = 'WrongUse'
  override readonly exitCode = exitCodes.wrongUse
}

/** @throws {WrongUse} for a file that cannot be read or written, in the words of the system, which name it */
export function wrongUse(error: unknown): never {
  throw new WrongUse(error instanceof Error ? error.message : String(error))
}

/** The API has refused the request: nothing was started. */
export class Refused extends CommandError {
  override readonly name = 'Refused'
  override readonly exitCode = exitCodes.refused
}

/** Nobody waits any longer. The operation goes on. */
export class TimedOut extends CommandError {
  override readonly name = 'TimedOut'
  override readonly exitCode = exitCodes.timedOut
}

/** Ctrl-C. An operation goes on. */
export class Interrupted extends CommandError {
  override readonly name = 'Interrupted'
  override readonly exitCode = exitCodes.interrupted
}
