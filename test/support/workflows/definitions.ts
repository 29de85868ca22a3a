import * as z from 'zod'
import { definitionOf } from '../../../infra/definition/definition.ts'
import { startedMachines, stateMachineNames } from '../../../infra/workflows.ts'
import { type DoTask, runWorkflow, type TaskCall, type WorkflowRun } from './workflow.ts'
import { type Machine, machine } from './workflow-machine.ts'

export const workflowNames = stateMachineNames
export type WorkflowName = (typeof workflowNames)[number]

/** The deployed text of a state machine, with CDK's substitutions. */
export function definitionText(workflow: WorkflowName): string {
  const text = JSON.stringify(definitionOf(workflow))
  const values: Record<string, string> = {
    Partition: 'aws',
    WebhookTimeoutSeconds: '600',
    BatchStateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:WorkloadIdentity-batch',
    ClustersStateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:WorkloadIdentity-clusters',
  }
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? functionArn(name))
}

export function definition(workflow: WorkflowName): Machine {
  return machine.parse(JSON.parse(definitionText(workflow)))
}

const startedBefore = new Map<WorkflowName, Machine>()

/** Caches the machines: parsing one takes a tenth of a second, and some runs start twenty. */
function startedMachine(name: (typeof startedMachines)[number]): Machine {
  const machine = startedBefore.get(name) ?? definition(name)
  startedBefore.set(name, machine)
  return machine
}

function functionArn(placeholder: string): string {
  return `arn:aws:lambda:eu-west-1:123456789012:function:${placeholder.replace(/FunctionArn$/, '')}`
}

/** A step's answer, or the error that it throws, or a function that returns either for each call. */
export type StepStub = object | Error | ((call: TaskCall) => object | Error)

/** A run, with the executions that it started. `calls` and `heaviest` include those of all executions. */
export interface StubbedRun extends WorkflowRun {
  readonly batches: readonly WorkflowRun[]
  /** The names of the started executions, one for each attempt. */
  readonly names: readonly (string | undefined)[]
}

/** Runs a state machine, and the executions that it starts, with these answers of the steps, by state. */
export function runStubbed(
  machine: Machine,
  request: object,
  stubs: Readonly<Record<string, StepStub>>,
  jitter = 0,
): Promise<StubbedRun> {
  return runWithInput(machine, { operationId: 'operation-1', request }, stubs, jitter)
}

/** As `runStubbed`, with any input. */
export async function runWithInput(
  machine: Machine,
  input: object,
  stubs: Readonly<Record<string, StepStub>>,
  jitter = 0,
): Promise<StubbedRun> {
  const batches: WorkflowRun[] = []
  const names: (string | undefined)[] = []
  const doTask: DoTask = async (call) => {
    const stub = stubs[stepOfCall(call)]
    const answer = typeof stub === 'function' ? stub(call) : stub
    const started = startedBy(call)
    if (started) names.push(started.Name)
    if (answer instanceof Error) throw answer
    if (started) {
      const run = await runWorkflow(startedMachine(started.StateMachineArn), started.Input, doTask, { jitter })
      batches.push(run)
      return described(started.Input, run)
    }
    return { StatusCode: 200, Payload: answer }
  }
  const run = await runWorkflow(machine, input, doTask, { jitter })
  const all = [run, ...batches]
  const [heaviest = run.heaviest] = all.map((each) => each.heaviest).sort((one, other) => other.bytes - one.bytes)
  const calls = all.flatMap((each) => each.calls.filter((call) => !startedBy(call)))
  const ofSteps = calls.map((call) => ({ ...call, state: stepOfCall(call) }))
  return { ...run, calls: ofSteps, heaviest, batches, names }
}

const ofStep = z.object({ Payload: z.object({ state: z.string() }) })

/** The recorded name of a step. Its state has another name in the state machine of batches. */
function stepOfCall({ state, arguments: given }: TaskCall): string {
  return ofStep.safeParse(given).data?.Payload.state ?? state
}

const execution = z.object({
  StateMachineArn: z
    .string()
    .transform((arn) => arn.split('-').at(-1))
    .pipe(z.enum(startedMachines)),
  Name: z.string().max(80).optional(),
  Input: z.unknown(),
})

/** The execution that the Task starts, if any. */
function startedBy(call: TaskCall): z.output<typeof execution> | undefined {
  return execution.safeParse(call.arguments).data
}

/** The result of `startExecution.sync:2`: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
function described(Input: unknown, { status, output, cause }: WorkflowRun): object {
  if (status === 'FAILED') throw Object.assign(new Error(cause), { name: 'States.TaskFailed' })
  return {
    ExecutionArn: `arn:aws:states:eu-west-1:123456789012:execution:${'m'.repeat(80)}:${'0'.repeat(80)}`,
    Input,
    InputDetails: { Included: true },
    Name: '0'.repeat(80),
    Output: output,
    OutputDetails: { Included: true },
    StartDate: 1_700_000_000_000,
    StateMachineArn: `arn:aws:states:eu-west-1:123456789012:stateMachine:${'m'.repeat(80)}`,
    Status: status,
    StopDate: 1_700_000_000_000,
    TraceHeader: `Root=1-${'0'.repeat(33)};Sampled=1`,
  }
}

/** An error with the name that the workflow gets from a function. */
export function errorNamed(name: string): Error {
  return Object.assign(new Error(`${name} happened`), { name })
}
