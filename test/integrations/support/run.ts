import { execFile } from 'node:child_process'

export interface Ended {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  /** Variables in addition to PATH and HOME. The default is all variables of this process, including those for registries. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end. */
export function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env }: RunOptions,
): Promise<Ended> {
  const { PATH, HOME } = process.env
  const variables = env === undefined ? process.env : { PATH, HOME, ...env }
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: variables, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : (error.code ?? 1), out, err })
    })
  })
}
