/** Definitions of state machines for Step Functions, made from the files of statemachine/. */
import { steps } from '../steps.ts'
import { batchMachine, driftsMachine } from '../workflows.ts'
import type { AslMachine } from './asl.ts'
import { batchOf, countedFromFirst } from './batch.ts'
import { comparisonOf } from './comparison.ts'
import { driftsOf } from './drifts.ts'
import { readWorkflow, type Workflow } from './source.ts'
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
  if (name === driftsMachine) return driftsOf(readWorkflow('rotate-thumbprints'))
  return name === batchMachine ? batchOf(readWorkflow('setup')) : readWorkflow(name)
}

/**
 * The definition of a state machine. A deployment replaces its placeholders `${...}`: Partition, WebhookTimeoutSeconds,
 * BatchStateMachineArn, ClustersStateMachineArn, and `<step>FunctionArn` for each step.
 *
 * @throws {ZodError} when the file is not in the shorthand
 * @throws {Error} when a step has no function, or its retry policy does not exist
 */
export function definitionOf(name: string): Definition {
  const { Comment, TimeoutSeconds, ...machine } = workflowOf(name)
  const defaults = { OperationId: '$operationId' }
  const asl = aslMachine(machine, { defaults, steps: descriptions })
  return { Comment, QueryLanguage: 'JSONata', TimeoutSeconds, ...(name === batchMachine ? countedFromFirst(asl) : asl) }
}
