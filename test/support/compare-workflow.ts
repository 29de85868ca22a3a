import { definition, runStubbed, type StepStub } from './definitions.ts'
import { allWell as allWellInSetup } from './setup-workflow.ts'
import type { WorkflowRun } from './workflow.ts'

export const compareMachine = definition('compare')

const allWell: Readonly<Record<string, StepStub>> = {
  ...allWellInSetup,
  RecordComparison: { ready: true },
  NotifyFound: { MessageId: '1' },
}

/** What RecordComparison says of a drift that has changed two things, one of them of security. */
export const foundBySecurity = {
  severity: 'security',
  differences: 2,
  missing: 0,
  changed: 2,
  additions: 0,
  unreachable: 0,
  problems: 0,
}

/** Runs the workflow `compare` with these answers of its steps in place of those that a setup gets when all goes well. */
export function runCompare(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<WorkflowRun> {
  return runStubbed(compareMachine, request, { ...allWell, ...stubs })
}
