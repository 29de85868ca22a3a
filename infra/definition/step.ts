/** Converts a step of the shorthand to states of the Amazon States Language. */
import type { NotReady, StepDescription } from '../../lambdas/steps/description.ts'
import { type AslStates, expression, objectExpression, placeholder } from './asl.ts'
import { caughtByCatch, causeLength, withCaught } from './caught.ts'
import { pollStates, withPollVariables } from './poll.ts'
import { retryPolicy } from './retry-policies.ts'
import type { Catcher, Envelope, Step } from './source.ts'

/** The fields of step descriptions that the state machines use. Keys are the names of the steps. */
export type Steps = ReadonlyMap<string, Pick<StepDescription, 'timeoutSeconds' | 'notReady'>>

/** A task times out this much later than its function, so that Lambda's timeout error arrives first. */
const marginSeconds = 10

/**
 * The Task that calls the function of a step, and the states that poll it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 *
 * @throws {Error} when the step has no function
 * @throws {Error} when the step's retry policy does not exist
 * @throws {Error} when a polled step has no `Cluster` in its machine
 * @throws {Error} when the description of a polled step has no `notReady`, and the missed deadline is a failure
 */
export function stepStates(
  name: string,
  step: Step,
  { defaults, steps }: { defaults: Envelope; steps: Steps },
): AslStates {
  const {
    Type: _,
    OperationId,
    Cluster,
    Item,
    DryRun,
    Input,
    Retry = 'standard',
    Poll,
    InPlans: __,
    Assign,
    Catch,
    ...rest
  } = step
  const spec = steps.get(name)
  if (!spec) throw new Error(`there is no function of the step ${name}: describe the step in lambdas/`)
  const envelope = {
    OperationId: OperationId ?? defaults.OperationId,
    Cluster: Cluster ?? defaults.Cluster,
    Item: Item ?? defaults.Item,
    DryRun: DryRun ?? defaults.DryRun,
  }
  const assign = Poll ? withPollVariables(Poll, Assign) : Assign
  const task = {
    Type: 'Task',
    Resource: `arn:${placeholder('Partition')}:states:::lambda:invoke`,
    Arguments: { FunctionName: placeholder(`${name}FunctionArn`), Payload: expression(payloadOf(envelope, step)) },
    TimeoutSeconds: spec.timeoutSeconds + marginSeconds,
    Retry: retryPolicy(Retry),
    ...(assign && { Assign: assign }),
    ...rest,
    ...(Catch && { Catch: Catch.map((catcher) => catcherOf(catcher, envelope)) }),
    ...(Poll && { Next: Poll.Choice }),
  }
  return { [name]: task, ...(Poll && pollStates(Poll, { ...polledOf(name, spec, envelope), next: step.Next })) }
}

function catcherOf({ Assign, ...rest }: Catcher, { Item }: Envelope): object {
  return { ...rest, ...(Assign && { Assign: withCaught(Assign, caughtByCatch(Item, causeLength(Item, 4000))) }) }
}

function polledOf(task: string, { notReady }: { readonly notReady?: NotReady }, { Cluster, Item }: Envelope) {
  if (Cluster === undefined) throw new Error(`${task} is polled: it needs a Cluster, which its error names`)
  return { task, notReady, cluster: Cluster, item: Item }
}

function payloadOf(
  { OperationId = '$operationId', Cluster, Item, DryRun }: Envelope,
  { Input, Poll }: Pick<Step, 'Input' | 'Poll'>,
): string {
  return objectExpression({
    operationId: OperationId,
    ...(Cluster !== undefined && { cluster: Cluster }),
    state: '$states.context.State.Name',
    ...(Item !== undefined && { item: Item }),
    attempt: '$states.context.State.RetryCount',
    ...(DryRun !== undefined && { dryRun: String(DryRun) }),
    ...(Poll && 'Wait' in Poll && { deadline: `$fromMillis($${Poll.Of}Deadline)` }),
    input: objectExpression(Input),
  })
}
