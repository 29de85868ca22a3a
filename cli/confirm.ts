import { createInterface } from 'node:readline/promises'
import { WrongUse } from './errors.ts'

/**
 * Asks a person. Gives back what was typed, without spaces around it.
 *
 * @param instead the option that answers without a person
 * @throws {WrongUse} when there is no terminal to ask at
 */
export async function ask(question: string, instead: string): Promise<string> {
  if (!process.stdin.isTTY) throw new WrongUse(`There is no terminal to ask at. Use ${instead}.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(question)).trim()
  } finally {
    terminal.close()
  }
}

export async function isConfirmed(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `, '--yes'))
}
