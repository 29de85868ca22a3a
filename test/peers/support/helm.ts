import { execFile } from 'node:child_process'
import path from 'node:path'
import { helm } from '../install/peers.ts'
import { root } from '../install/target.ts'

export const chart = path.join(root, 'charts/agent')
export const release = ['workload-identity-agent', chart, '--namespace', 'workload-identity-setup']

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program with `input` as its standard input. */
export function runWith(
  input: string,
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 100_000 }
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      resolve({ code, stdout, stderr })
    })
    // A program that fails at once does not read it.
    child.stdin?.on('error', () => undefined).end(input)
  })
}

export const runHelm = (input: string, args: readonly string[], env?: Readonly<Record<string, string>>) =>
  runWith(input, [helm, ...args], env)
