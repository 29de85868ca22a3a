import { inspect } from 'node:util'
import { CommanderError } from '@commander-js/extra-typings'
import type { Problem } from '../client/api.ts'
import { RefusedRequest } from './api/answer.ts'
import { CommandError, type ExitCode, exitCodes } from './errors.ts'
import { note, noteJson } from './note.ts'

/**
 * Writes to standard error why a command ends, as text or as one JSON document. Returns the exit code.
 *
 * @param cluster of the failed request, if the command has requests for several clusters
 */
export function reportError(error: unknown, isJson: boolean, cluster?: string): ExitCode {
  const exitCode = codeOf(error)
  const [name, message] = [nameOf(error), messageOf(error)]
  if (isJson) noteJson({ type: 'error', name, message, exitCode, cluster, ...problemOf(error) })
  // The command line parser has already written its errors, with the help.
  else if (!(error instanceof CommanderError)) note(named(message, cluster))
  return exitCode
}

function named(message: string, cluster: string | undefined): string {
  return cluster === undefined ? message : message.replaceAll(/^/gm, `${cluster}: `)
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode
  return error instanceof CommanderError ? exitCodes.wrongUse : exitCodes.failed
}

function nameOf(error: unknown): string {
  if (error instanceof CommanderError) return 'WrongUse'
  return error instanceof CommandError ? error.name : 'Defect'
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message
  // Any other error is a defect of the command. Its stack is for a bug report.
  if (!(error instanceof CommanderError)) return inspect(error)
  return error.code === 'commander.help' ? 'error: a command is missing' : error.message
}

/** The API's response, with which programs distinguish rejections. */
function problemOf(error: unknown): { readonly problem?: Problem } {
  return error instanceof RefusedRequest ? { problem: error.problem } : {}
}
