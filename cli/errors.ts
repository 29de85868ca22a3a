import { plainLines } from './view/terminal-text.ts'

/** Exit codes of `wid`, for scripts. docs/cli.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  refused: 3,
  drift: 4,
  timedOut: 5,
  /** The spec's generation differs from the approved or planned one. */
  stale: 6,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
  /** The reader has closed the output, as shells report SIGPIPE. */
  outputClosed: 141,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command. `message` says what happened, to what, and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: ExitCode = exitCodes.failed

  /** @param message one or several lines. A line break in a line becomes a space, so that a server cannot add lines */
  constructor(message: string | readonly string[]) {
    super(plainLines(message))
  }
}

/** The API does not respond, or has failed. A retry may succeed. */
export class ApiFailed extends CommandError {
  override readonly name = 'ApiFailed'
}

/** The command line or a file is wrong: nothing was sent. */
export class WrongUse extends CommandError {
  override readonly name: string = 'WrongUse'
  override readonly exitCode = exitCodes.wrongUse
}

/**
 * @param file the file, for a system error that does not name it
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

/** Messages for errno codes of user files: https://man7.org/linux/man-pages/man3/errno.3.html */
const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file: name a file in it',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'you have no permission for it',
  EROFS: 'its file system is read-only',
}

/** The API has rejected the request: nothing was started. */
export class Refused extends CommandError {
  override readonly name = 'Refused'
  override readonly exitCode: ExitCode = exitCodes.refused
}

/** The wait has ended. The operation continues. */
export class TimedOut extends CommandError {
  override readonly name = 'TimedOut'
  override readonly exitCode = exitCodes.timedOut
}

/** Ctrl-C. An operation that has started continues. */
export class Interrupted extends CommandError {
  override readonly name = 'Interrupted'
  override readonly exitCode = exitCodes.interrupted
}
