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

/**
 * @param file where the system does not name it
 * @throws {WrongUse} for a file that cannot be read or written
 */
export function wrongUse(error: unknown, file?: string): never {
  const {
    code,
    path = file,
    message = String(error),
  }: Partial<NodeJS.ErrnoException> = error instanceof Error ? error : {}
  const reason = code === undefined ? undefined : fileProblems[code]
  throw new WrongUse(path === undefined || reason === undefined ? message : `${path}: ${reason}.`)
}

/** What the codes of https://man7.org/linux/man-pages/man3/errno.3.html mean for whoever has named a file. */
const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, and no file: name a file in it',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'you have no permission for it',
  EROFS: 'it is on a file system that cannot be written',
}

/** The API has refused the request: nothing was started. */
export class Refused extends CommandError {
  override readonly name = 'Refused'
  override readonly exitCode: ExitCode = exitCodes.refused
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
