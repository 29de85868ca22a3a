import { execFile } from 'node:child_process'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { python } from '../../support/python.ts'

const program = path.resolve(import.meta.dirname, '../../../cli/wid.mjs')
const terminal = path.join(import.meta.dirname, 'terminal.py')

/** Milliseconds, less than a test may take: a question that nobody answers is not left waiting. */
const timeout = 20_000

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly cwd: string
  /** Beside PATH. Left out, there is nothing else. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `wid` without a terminal. */
export function runWid(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return run(process.execPath, [program, ...args], surroundings)
}

/** Runs `wid` at a terminal, which shows what it writes to either stream. */
export async function runWidAtTerminal(
  args: readonly string[],
  dialogue: readonly (readonly [prompt: string, typed: string])[],
  surroundings: Surroundings,
): Promise<{ readonly code: number; readonly shown: string }> {
  const command = [terminal, JSON.stringify(dialogue), process.execPath, program, ...args]
  const { code, stdout } = await run(python, command, surroundings)
  return { code, shown: stripVTControlCharacters(stdout).replaceAll('\r', '') }
}

function run(file: string, args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env }, timeout }
  return new Promise((resolve) => {
    const child = execFile(file, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end()
  })
}
