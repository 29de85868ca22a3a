import { CommanderError } from '@commander-js/extra-typings'
import { contextFrom } from './context.ts'
import { CommandError } from './errors.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { program } from './program.ts'

async function main(args: readonly string[]): Promise<ExitCode> {
  const { command, exitCode } = program(contextFrom)
  try {
    await command.parseAsync(args, { from: 'user' })
    return exitCode()
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
    if (!(error instanceof CommandError)) throw error
    process.stderr.write(`${error.message}\n`)
    return error.exitCode
  }
}

process.exitCode = await main(process.argv.slice(2))
