import { CommanderError } from '@commander-js/extra-typings'
import { contextFrom } from './context.ts'
import { type ExitCode, exitCodes } from './errors.ts'
import { note } from './note.ts'
import { program } from './program.ts'
import { reportError } from './report-error.ts'

async function main(args: readonly string[]): Promise<ExitCode> {
  const isJson = asksForJson(args)
  const { command, exitCode } = program(contextFrom, isJson ? () => {} : note)
  try {
    await command.parseAsync(args, { from: 'user' })
    return exitCode()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    return reportError(error, isJson)
  }
}

/** Whether the command line requests JSON. It does not use the parser, whose own errors must also be JSON. */
function asksForJson(args: readonly string[]): boolean {
  return args.includes('--output=json') || args[args.indexOf('--output') + 1] === 'json'
}

function endWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.outputClosed)
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', endWhenNobodyReads)
process.exitCode = await main(process.argv.slice(2))
