import { existsSync } from 'node:fs'
import path from 'node:path'
import { type RunOptions, runProgram } from './run.ts'

export const integrations = path.resolve(import.meta.dirname, '../../../integrations')

const virtualEnvironment = path.resolve(import.meta.dirname, '../../../.sandbox/integrations-python')

/** Installs Backstage's packages (171 MB), only in the folder of its integration. */
export async function installBackstage(): Promise<void> {
  const cwd = path.join(integrations, 'backstage')
  if (existsSync(path.join(cwd, 'node_modules/@roadiehq'))) return
  await required(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd })
}

/** Installs the generator of the client in Python. Returns the path of its Python. */
export async function installPython(): Promise<string> {
  const python = path.join(virtualEnvironment, 'bin/python')
  const cwd = path.join(integrations, 'python')
  if (!existsSync(python)) await required(['python3', '-m', 'venv', virtualEnvironment], { cwd })
  await required([python, '-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'], { cwd })
  return python
}

async function required(command: readonly [string, ...string[]], options: RunOptions): Promise<void> {
  const { code, err } = await runProgram(command, options)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${err}`)
}
