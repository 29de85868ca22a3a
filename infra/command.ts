/** Runs the commands of the repository. Each prints its help for --help, and its errors without a stack trace. */
import path from 'node:path'

/** One of several commands of an npm script. */
export interface NamedCommand {
  /** A module that runs the command when it is loaded. The path is relative to the repository root. */
  readonly file: string
  readonly does: string
}

/** A command got arguments that it does not accept. Its help is printed after the message. */
export class WrongUse extends Error {}

/**
 * Runs a command with the arguments of the process, and prints its result. The exit code is 1 when the command throws.
 *
 * @param help what the command does, how to call it, and its options
 */
export async function runCommand(help: string, run: (args: string[]) => string | Promise<string>): Promise<void> {
  // `| head` closes the pipe before the command has written everything. This is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const args = process.argv.slice(2)
  if (args.some(isHelp)) {
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

/**
 * Runs the command that the first argument names, with the other arguments. Without a known name it lists the commands.
 *
 * @param script the name of the npm script
 * @param byDefault the command to run when the first argument is missing or an option
 */
export async function runNamed(
  script: string,
  commands: Readonly<Record<string, NamedCommand>>,
  byDefault?: string,
): Promise<void> {
  const [first] = process.argv.slice(2)
  const name = first === undefined || isOption(first) ? byDefault : first
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command && !isHelp(first)) {
    if (name === first) process.argv.splice(2, 1)
    await import(path.join(import.meta.dirname, '..', command.file))
    return
  }
  const lines = Object.entries(commands).map(([each, { does }]) => `  ${each.padEnd(16)}  ${does}\n`)
  const list = `npm run ${script} -- COMMAND\n\n${lines.join('')}`
  if (isHelp(first)) {
    process.stdout.write(list)
    return
  }
  process.stderr.write(`${name === undefined ? 'Name a command' : `There is no command ${name}`}.\n\n${list}`)
  process.exitCode = 1
}

function isOption(argument: string): boolean {
  return argument.startsWith('-')
}

function isHelp(argument: string | undefined): boolean {
  return argument === '--help' || argument === '-h'
}

/**
 * Whether an error is about the arguments: a WrongUse, or an error of parseArgs in node:util.
 * https://nodejs.org/docs/latest-v24.x/api/errors.html#err_parse_args_unknown_option
 */
function isWrongUse(error: unknown): boolean {
  if (error instanceof WrongUse) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}
