import { definitionText, runStubbed, type StepStub } from './definitions.ts'
import { allWell as allWellInSetup } from './setup-workflow.ts'
import { machine, type WorkflowRun } from './workflow.ts'

export const compareMachine = machine.parse(JSON.parse(definitionText('compare')))

const allWell: Readonly<Record<string, StepStub>> = { ...allWellInSetup, RecordComparison: { ready: true } }

/** Runs the workflow `compare` with these answers of its steps in place of those that a setup gets when all goes well. */
export function runCompare(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<WorkflowRun> {
  return runStubbed(compareMachine, request, { ...allWell, ...stubs })
}
