import path from 'node:path'
import { type Dialogue, type Ended, run, runAtTerminal, type Surroundings } from './terminal.ts'

export const widProgram = path.resolve(import.meta.dirname, '../../../cli/wid.mjs')

/** Runs `wid` without a terminal. */
export function runWid(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return run(process.execPath, [widProgram, ...args], surroundings)
}

/** Runs `wid` at a terminal, which shows both output streams. */
export function runWidAtTerminal(args: readonly string[], dialogue: Dialogue, surroundings: Surroundings) {
  return runAtTerminal([process.execPath, widProgram, ...args], dialogue, surroundings)
}
