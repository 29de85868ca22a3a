/** Commands of the repository: each prints its help for --help, and what is wrong without Node's stack. */

/** The command was called in a way that it does not take. The help follows the message. */
export class WrongUse extends Error {}

/**
 * Runs a command with the arguments of the process, and prints what it gives back. The exit code is 1 when it throws.
 *
 * @param help what the command does, how it is called and what its options mean
 */
export async function runCommand(help: string, run: (args: string[]) => string | Promise<string>): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${help}\n`)
    return
  }
  try {
    process.stdout.write(await run(args))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    if (isWrongUse(error)) process.stderr.write(`\n${help}\n`)
    process.exitCode = 1
  }
}

/** Also for the errors of node:util: https://nodejs.org/docs/latest-v24.x/api/errors.html#err_parse_args_unknown_option */
function isWrongUse(error: unknown): boolean {
  if (error instanceof WrongUse) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}
