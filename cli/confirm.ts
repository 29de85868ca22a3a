import { createInterface } from 'node:readline/promises'
import { Interrupted, WrongUse } from './errors.ts'
import { plainLines } from './view/terminal-text.ts'

/**
 * Prompts a person, and returns the trimmed answer.
 *
 * @param question one or several lines
 * @param instead the option that replaces the prompt
 * @throws {WrongUse} without a terminal
 * @throws {Interrupted} at Ctrl-C and at the end of the input
 */
export async function ask(question: string | readonly string[], instead: string): Promise<string> {
  requireTerminal(instead)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const left = new AbortController()
  for (const event of ['SIGINT', 'close']) terminal.once(event, () => left.abort())
  try {
    return (await terminal.question(plainLines(question), { signal: left.signal })).trim()
  } catch (error) {
    if (!left.signal.aborted) throw error
    throw new Interrupted('There is no answer: nothing was done.')
  } finally {
    terminal.close()
  }
}

/**
 * For a command that calls the API before it prompts.
 *
 * @param instead the option that replaces the prompt
 * @throws {WrongUse} without a terminal
 */
export function requireTerminal(instead: string): void {
  if (process.stdin.isTTY) return
  throw new WrongUse(`Standard input is not a terminal, so the command cannot prompt. Use ${instead}.`)
}

export async function isConfirmed(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `, '--yes'))
}
