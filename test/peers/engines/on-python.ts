import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { root } from '../install/target.ts'
import { type Outcome, parseOutcome, type Scenario } from './scenario.ts'

/** Ends an engine that hangs. */
const maxMs = 180_000

export interface PythonEngine {
  /** An interpreter of Python with the packages that the module imports. */
  readonly python: string
  /** A module of this folder: `on_moto`. */
  readonly module: string
}

/**
 * Runs scenarios on an engine in Python, one after another in one process.
 *
 * @param definitions state machines by their names in the scenarios
 * @returns an outcome for each scenario, in their order
 * @throws Error with the output of the process, when it ends before the last scenario
 */
export async function runOnPython(
  { python, module }: PythonEngine,
  definitions: Readonly<Record<string, unknown>>,
  scenarios: readonly Scenario[],
): Promise<Outcome[]> {
  const child = spawn(python, ['-m', module], {
    timeout: maxMs,
    env: {
      PATH: process.env.PATH ?? '',
      PYTHONPATH: [import.meta.dirname, path.join(root, 'sandbox/aws')].join(path.delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  })
  const printed = text(child.stderr)
  const ended = once(child, 'close')
  // The process may end before it has read its input. The number of outcomes shows that.
  child.stdin.on('error', () => {})
  child.stdin.end([{ definitions }, ...scenarios].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const outcomes: Outcome[] = []
  for await (const line of createInterface({ input: child.stdout })) outcomes.push(parseOutcome(JSON.parse(line)))
  await ended
  if (outcomes.length < scenarios.length) {
    const failed = scenarios[outcomes.length]
    throw new Error(`${module} ended at ${failed?.machine}, ${failed?.name}:\n${await printed}`)
  }
  return outcomes
}
