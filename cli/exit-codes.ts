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
