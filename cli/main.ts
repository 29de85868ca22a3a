import { inspect } from 'node:util'
import { CommanderError } from '@commander-js/extra-typings'
import { contextFrom } from './context.ts'
import { CommandError } from './errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { note } from './note.ts'
import { program } from './program.ts'

async function main(args: readonly string[]): Promise<ExitCode> {
  const { command, exitCode } = program(contextFrom)
  try {
    await command.parseAsync(args, { from: 'user' })
    return exitCode()
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
    // Any other error is a defect of the command: its stack is for a bug report.
    note(error instanceof CommandError ? error.message : inspect(error))
    return error instanceof CommandError ? error.exitCode : exitCodes.failed
  }
}

process.exitCode = await main(process.argv.slice(2))
