import { definition, runStubbed, type StepStub, type StubbedRun } from './definitions.ts'
import { allWell as allWellInSetup } from './setup-workflow.ts'

export const compareMachine = definition('compare')

const allWell: Readonly<Record<string, StepStub>> = {
  ...allWellInSetup,
  RecordComparison: { ready: true },
}

/** Runs the workflow `compare`. `stubs` replaces some of the answers of a successful run. */
export function runCompare(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<StubbedRun> {
  return runStubbed(compareMachine, request, { ...allWell, ...stubs })
}
