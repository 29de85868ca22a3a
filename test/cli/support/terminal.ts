import { execFile } from 'node:child_process'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { python } from '../../support/python.ts'

const terminal = path.join(import.meta.dirname, 'terminal.py')

/** In milliseconds. Ends a command that waits for an answer before the test times out. */
const timeout = 20_000

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly cwd: string
  /** Variables in addition to PATH. */
  readonly env?: Readonly<Record<string, string>>
}

/** The texts to type, each when a text is shown. */
export type Dialogue = readonly (readonly [shown: string, typed: string])[]

/** Runs a command at its own terminal, which shows both output streams. The code is 99 if not all texts were typed. */
export async function runAtTerminal(
  command: readonly string[],
  dialogue: Dialogue,
  surroundings: Surroundings,
): Promise<{ readonly code: number; readonly shown: string }> {
  const { code, stdout } = await run(python, [terminal, JSON.stringify(dialogue), ...command], surroundings)
  return { code, shown: stripVTControlCharacters(stdout).replaceAll('\r', '') }
}

/** Runs a command without a terminal. */
export function run(file: string, args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env }, timeout }
  return new Promise((resolve) => {
    const child = execFile(file, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end()
  })
}
