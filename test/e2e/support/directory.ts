import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { deployedState } from './deployed.ts'
import { endOfRun } from './runs/end-of-run.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the end-to-end tests' sandbox keeps its state: a folder of this run alone. */
    sandboxDirectory: string
    /** What such a sandbox starts on a copy of. */
    deployedState: string
  }
}

/** Gives the run a folder of its own, and removes it afterwards: what is in it is of no use to anybody then. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = path.resolve(import.meta.dirname, `../../../.sandbox/e2e-${process.pid}`)
  project.provide('sandboxDirectory', directory)
  // Once, and not by each worker's sandbox at the same time.
  project.provide('deployedState', await deployedState())
  return () => endOfRun(directory)
}
