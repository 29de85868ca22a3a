/** State machines as Step Functions takes them, made from the files of statemachine/. */
import type { AslMachine } from './asl.ts'
import { comparisonOf } from './comparison.ts'
import { framed } from './frame.ts'
import { readWorkflow } from './source.ts'
import { aslMachine } from './states.ts'
import type { Steps } from './step.ts'

export interface Definition extends AslMachine {
  readonly Comment: string
  readonly QueryLanguage: 'JSONata'
  readonly TimeoutSeconds: number
}

/**
 * The definition of a workflow, with `${...}` for what a deployment puts in: Partition, NotificationTopicArn,
 * WebhookTimeoutSeconds, and `<step>FunctionArn` for each of its steps.
 */
export function definitionOf(name: string, steps: Steps): Definition {
  const workflow = name === 'compare' ? comparisonOf(readWorkflow('setup')) : readWorkflow(name)
  return {
    Comment: workflow.Comment,
    QueryLanguage: 'JSONata',
    TimeoutSeconds: workflow.TimeoutSeconds,
    ...aslMachine(framed(workflow), { defaults: {}, steps }),
  }
}
