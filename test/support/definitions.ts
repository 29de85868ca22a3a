import { definitionOf } from '../../infra/definition/definition.ts'
import { workflows } from '../../infra/workflows.ts'
import { type DoTask, runWorkflow, type TaskCall, type WorkflowRun } from './workflow.ts'
import { type Machine, machine } from './workflow-machine.ts'

export type WorkflowName = (typeof workflows)[keyof typeof workflows]

export const workflowNames: readonly WorkflowName[] = [...new Set(Object.values(workflows))]

/** The text of a state machine as it is deployed: with what CDK substitutes. */
export function definitionText(workflow: WorkflowName): string {
  const text = JSON.stringify(definitionOf(workflow))
  const values: Record<string, string> = {
    Partition: 'aws',
    WebhookTimeoutSeconds: '600',
  }
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? functionArn(name))
}

/** A state machine as it is deployed. */
export function definition(workflow: WorkflowName): Machine {
  return machine.parse(JSON.parse(definitionText(workflow)))
}

function functionArn(placeholder: string): string {
  return `arn:aws:lambda:eu-west-1:123456789012:function:${placeholder.replace(/FunctionArn$/, '')}`
}

/** A step's answer, or the error that it throws; a function is asked for each call. */
export type StepStub = object | Error | ((call: TaskCall) => object | Error)

/** Runs a state machine with these answers of its steps, by their states' names. */
export function runStubbed(
  machine: Machine,
  request: object,
  stubs: Readonly<Record<string, StepStub>>,
  jitter = 0,
): Promise<WorkflowRun> {
  const doTask: DoTask = (call) => {
    const stub = stubs[call.state]
    const answer = typeof stub === 'function' ? stub(call) : stub
    if (answer instanceof Error) throw answer
    return { StatusCode: 200, Payload: answer }
  }
  return runWorkflow(machine, { operationId: 'operation-1', request }, doTask, { jitter })
}

/** An error as a function's class gives it to the workflow. */
export function errorNamed(name: string): Error {
  return Object.assign(new Error(`${name} happened`), { name })
}
