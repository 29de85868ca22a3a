/** Definitions of state machines for Step Functions, made from the files of statemachine/. */
import { steps } from '../steps.ts'
import { batchMachine } from '../workflows.ts'
import type { AslMachine } from './asl.ts'
import { batchOf, countedFromFirst } from './batch.ts'
import { comparisonOf } from './comparison.ts'
import { framed } from './frame.ts'
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
  return name === 'compare' ? comparisonOf(readWorkflow('setup')) : readWorkflow(name)
}

/**
 * The definition of a state machine. A deployment replaces its placeholders `${...}`: Partition, NotificationTopicArn,
 * BatchStateMachineArn, WebhookTimeoutSeconds, and `<step>FunctionArn` for each step.
 *
 * @throws {ZodError} when the file is not in the shorthand
 * @throws {Error} when a step has no function, or its retry policy does not exist
 */
export function definitionOf(name: string): Definition {
  if (name === batchMachine) return batchDefinition()
  const workflow = workflowOf(name)
  return {
    Comment: workflow.Comment,
    QueryLanguage: 'JSONata',
    TimeoutSeconds: workflow.TimeoutSeconds,
    ...asl(framed(workflow)),
  }
}

function batchDefinition(): Definition {
  return {
    Comment:
      'Makes the roles of one batch of the workloads of a setup, or their proofs. Input: { operationId, from, target, request }, for proofs with installed and roles.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 14_400,
    ...countedFromFirst(asl(batchOf(readWorkflow('setup')))),
  }
}

function asl(machine: Machine): AslMachine {
  return aslMachine(machine, { defaults: {}, steps: descriptions })
}
