import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { deployedState } from './deployed.ts'
import { endOfRun } from './runs/end-of-run.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder for the state of this run's sandboxes. */
    sandboxDirectory: string
    /** The folder whose copy is a sandbox's initial state. */
    deployedState: string
  }
}

/** Gives the run a separate folder, and removes it at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = path.resolve(import.meta.dirname, `../../../.sandbox/e2e-${process.pid}`)
  project.provide('sandboxDirectory', directory)
  // Deploys once here, instead of in each worker.
  project.provide('deployedState', await deployedState())
  return () => endOfRun(directory)
}
