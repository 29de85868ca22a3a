import { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../lambdas/access/configuration.ts'
import { definitionOf } from './definition/definition.ts'
import { VendedLogGroup } from './functions/vended-log-group.ts'
import { pascalCase } from './workflows.ts'

export interface WorkflowProps {
  /** The name in infra/workflows.ts. */
  readonly workflow: string
  /** The functions of all steps, by step name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>
  /** The state machines that already exist, by name. The new one may start those that its definition names. */
  readonly others: ReadonlyMap<string, StateMachine>
  readonly webhookTimeoutSeconds: number
  readonly logDays: RetentionDays
}

/**
 * The name is not generated. The permissions boundary of workloads denies access to state machines with this prefix.
 * Steps that start the state machine refer to it by name, because they are created before it.
 */
export function workflowName(stackName: string, workflow: string): string {
  return `${stackName}-${workflow}`
}

/**
 * One state machine. It may invoke only the functions, and start only the state machines, that its definition names.
 * The definition names a version of each function. After an update, a running execution still calls the versions of the
 * definition with which it started. So the role may call every version. "Running executions will continue to use the
 * previous definition and roleArn":
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
export class Workflow extends StateMachine {
  constructor(scope: Construct, id: string, props: WorkflowProps) {
    const { workflow, functions, others, webhookTimeoutSeconds } = props
    const definition = JSON.stringify(definitionOf(workflow))
    const mentions = (placeholder: string) => definition.includes(`\${${placeholder}}`)
    const own = [...functions].filter(([state]) => mentions(`${state}FunctionArn`))
    const starts = [...others].filter(([name]) => mentions(arnPlaceholder(name)))
    const { partition, stackName } = Stack.of(scope)
    // For tracing and log delivery, the role of the state machine has xray:* and logs:* actions on `*`. These actions
    // support no resource-level permissions.
    // See https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and
    // https://docs.aws.amazon.com/xray/latest/devguide/security_iam_service-with-iam.html
    super(scope, id, {
      stateMachineName: workflowName(stackName, workflow),
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: {
        ...Object.fromEntries(
          own.map(([state, { currentVersion }]) => [`${state}FunctionArn`, currentVersion.functionArn]),
        ),
        Partition: partition,
        ...Object.fromEntries(starts.map(([name, { stateMachineArn }]) => [arnPlaceholder(name), stateMachineArn])),
        ...(mentions('WebhookTimeoutSeconds') && { WebhookTimeoutSeconds: String(webhookTimeoutSeconds) }),
      },
      tracingEnabled: true,
      logs: {
        destination: new VendedLogGroup(scope, `${id}Log`, { service: 'states', name: workflow, days: props.logDays }),
        level: LogLevel.ALL,
        // The record of the operation has the useful data. A log of payloads would be a second copy of each request.
        includeExecutionData: false,
      },
    })
    // grantInvoke is not used, because it also allows calls without a version.
    const resources = [...new Set(own.map(([, called]) => called))].map(({ functionArn }) => `${functionArn}:*`)
    this.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }))
    for (const [name, started] of starts)
      for (const statement of rightsToRun(name, started)) this.addToRolePolicy(statement)
  }
}

/** The placeholder for the ARN of a state machine. */
function arnPlaceholder(workflow: string): string {
  return `${pascalCase(workflow)}StateMachineArn`
}

/**
 * Allows a state machine to start executions of another one, to observe their ends, and to stop them when its own
 * execution is stopped. Step Functions observes ends by an EventBridge rule of fixed name, one per account and region.
 * https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
 */
function rightsToRun(workflow: string, { stack, stateMachineArn }: StateMachine): PolicyStatement[] {
  const inRegion = (service: string, resource: string) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`
  return [
    new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [inRegion('states', `execution:${workflowName(stack.stackName, workflow)}:*`)],
    }),
    new PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [inRegion('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule')],
    }),
  ]
}
