/** How `wid` ends, for scripts. docs/cli.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  refused: 3,
  drift: 4,
  timedOut: 5,
  /** The spec has another generation than the one that was approved or planned. */
  stale: 6,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
  /** Nobody reads the output any more, as shells report SIGPIPE. */
  outputClosed: 141,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
