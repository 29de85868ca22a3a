/** Definitions of state machines for Step Functions, made from the files in statemachine/. */
import { steps } from '../steps.ts'
import { batchMachine, driftsMachine, stateMachineNames } from '../workflows.ts'
import type { AslMachine } from './asl.ts'
import { batchOf } from './batch.ts'
import { withBatches } from './batches.ts'
import { comparisonOf } from './comparison.ts'
import { driftsOf } from './drifts.ts'
import { type Machine, readWorkflow, type Workflow } from './source.ts'
import { aslMachine } from './states.ts'

const descriptions = new Map([...steps].map(([state, { description }]) => [state, description]))

export interface Definition extends AslMachine {
  readonly Comment: string
  readonly QueryLanguage: 'JSONata'
  readonly TimeoutSeconds: number
}

/** The workflow of this name, in the shorthand. */
export function workflowOf(name: string): Workflow {
  if (name === 'compare') return comparisonOf(readWorkflow('setup'))
  return name === driftsMachine ? driftsOf(readWorkflow('rotate-thumbprints')) : readWorkflow(name)
}

/**
 * The definition of a state machine. A deployment replaces its placeholders `${...}`: Partition, WebhookTimeoutSeconds,
 * BatchStateMachineArn, ClustersStateMachineArn, and `<step>FunctionArn` for each step.
 *
 * @throws {ZodError} when the file is not in the shorthand
 * @throws {Error} when a step has no function, or its retry policy does not exist
 */
export function definitionOf(name: string): Definition {
  if (name === batchMachine) return batchDefinition()
  // A comparison fails with its batch: a report without the results of the batch would show no differences.
  const workflow = withBatches(workflowOf(name), { workflow: name, goesOn: name !== 'compare' })
  const { Comment, TimeoutSeconds } = workflow
  return { Comment, QueryLanguage: 'JSONata', TimeoutSeconds, ...aslOf(workflow, workflow) }
}

function batchDefinition(): Definition {
  const workflows = stateMachineNames
    .filter((name) => name !== batchMachine)
    .map((name) => [name, workflowOf(name)] as const)
  return {
    Comment:
      'Does one batch of the workloads of another workflow, which waits for it. Input: { part, operationId, from, items }, and the variables that the steps of the part need.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 14_400,
    ...batchOf(new Map(workflows), aslOf),
  }
}

function aslOf({ Defaults, StartAt, States }: Machine, workflow: Workflow): AslMachine {
  const defaults = { OperationId: '$operationId', ...workflow.Defaults }
  return aslMachine({ ...(Defaults && { Defaults }), StartAt, States }, { defaults, steps: descriptions })
}
