import { type OperationKind, operationKinds } from '../lambdas/operations/record/kinds.ts'

/** The workflow of each kind of operation. The name of the state machine ends with the name of its workflow. */
export const workflows = {
  setup: 'setup',
  verification: 'verify',
  plan: 'compare',
  drift: 'compare',
  rotation: 'rotate-thumbprints',
  'key-refresh': 'signing-keys',
  'key-revocation': 'signing-keys',
  teardown: 'teardown',
} as const satisfies Readonly<Record<OperationKind, string>>

/** The state machine that workflows start for each batch of their workloads: infra/definition/batch.ts. */
export const batchMachine = 'batch'

/** The state machine that rotations and {@link driftsMachine} start for each batch of all clusters. */
export const clustersMachine = 'clusters'

/** The state machine that the schedule of drifts starts: infra/definition/drifts.ts. */
export const driftsMachine = 'drifts'

/** The state machines that other state machines start. The end of such an execution is not the end of an operation. */
export const startedMachines = [batchMachine, clustersMachine] as const

/** The names of all state machines. Those that other state machines start come first. */
export const stateMachineNames = [...startedMachines, driftsMachine, ...new Set(Object.values(workflows))] as const

export function forEachKind<Made>(make: (kind: OperationKind) => Made): Readonly<Record<OperationKind, Made>> {
  return {
    setup: make('setup'),
    verification: make('verification'),
    plan: make('plan'),
    drift: make('drift'),
    rotation: make('rotation'),
    'key-refresh': make('key-refresh'),
    'key-revocation': make('key-revocation'),
    teardown: make('teardown'),
  }
}

/** Returns one kind per state machine: the first in the list. */
export function onePerWorkflow(kinds: readonly OperationKind[]): OperationKind[] {
  return [...new Map(kinds.toReversed().map((kind) => [workflows[kind], kind])).values()].toReversed()
}

/** The name of the stack output with the ARN of the state machine of a kind. */
export function stateMachineOutput(kind: OperationKind): string {
  return `${pascalCase(kind)}StateMachineArn`
}

/** Maps the name of each stack output that has the ARN of a state machine to the name of the state machine. */
export const stateMachineOutputs: ReadonlyMap<string, string> = new Map([
  ...[...startedMachines, driftsMachine].map((name) => [`${pascalCase(name)}StateMachineArn`, name] as const),
  ...operationKinds.map((kind) => [stateMachineOutput(kind), workflows[kind]] as const),
])

/** Turns `key-refresh` into `KeyRefresh`. */
export function pascalCase(kebab: string): string {
  return kebab.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
