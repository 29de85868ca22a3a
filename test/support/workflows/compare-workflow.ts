import { definition, runStubbed, type StepStub, type StubbedRun } from './definitions.ts'
import { allWell as allWellInSetup } from './setup-workflow.ts'

export const compareMachine = definition('compare')

const allWell: Readonly<Record<string, StepStub>> = {
  ...allWellInSetup,
  RecordComparison: { ready: true },
}

/** Runs the workflow `compare` with these answers of its steps in place of those that a setup gets when all goes well. */
export function runCompare(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<StubbedRun> {
  return runStubbed(compareMachine, request, { ...allWell, ...stubs })
}
