import { type Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'

export interface OperationScheduleProps {
  /** The kind of operation, in the plural, for descriptions: `rotations`. */
  readonly operations: string
  /** What they are for. */
  readonly purpose: string
  /** `rate(6 hours)`, or a cron expression in UTC. */
  readonly expression: string
  /** What is started; or makes the function that is called. Its role has to allow `mayKeep`: Lambda itself keeps the calls that fail. */
  readonly starts: StateMachine | ((mayKeep: PolicyStatement) => IFunction)
  /** How long a call that started nothing is kept for a person to examine. */
  readonly keptFor: Duration
}

/** In minutes. It spreads the calls, because many schedules of an account start at the full hour. */
const window = 15

/**
 * Starts operations by a schedule, and keeps the calls that started none. CDK's own target is not used, because its role
 * may invoke each version and alias of the function.
 */
export class OperationSchedule extends Construct {
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, props: OperationScheduleProps) {
    super(scope, id)
    const { operations, purpose, expression, keptFor } = props
    const { partition, region, account } = Stack.of(this)
    this.deadLetters = new Queue(this, 'DeadLetters', { enforceSSL: true, retentionPeriod: keptFor })
    const { action, arn } = this.target(props)
    const mayCall = new PolicyStatement({ actions: [action], resources: [arn] })
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
      }),
      description: `Starts ${operations}`,
      // Part of the role: a policy of its own would be one more resource, and a stack has 500 at most.
      inlinePolicies: { Rights: new PolicyDocument({ statements: [mayCall, this.mayKeep()] }) },
    })
    new CfnSchedule(this, 'Schedule', {
      description: purpose,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: window },
      target: {
        arn,
        roleArn: role.roleArn,
        // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
        input: JSON.stringify({
          scheduledTime: '<aws.scheduler.scheduled-time>',
          schedule: '<aws.scheduler.schedule-arn>',
        }),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    })
  }

  private mayKeep(): PolicyStatement {
    return new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] })
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
  private target({ starts }: OperationScheduleProps): { readonly action: string; readonly arn: string } {
    if (starts instanceof StateMachine) return { action: 'states:StartExecution', arn: starts.stateMachineArn }
    const called = starts(this.mayKeep())
    this.keepFailures(called)
    return { action: 'lambda:InvokeFunction', arn: called.functionArn }
  }

  /**
   * For the scheduler, a call has succeeded once Lambda has accepted it. Lambda retries and keeps a call that fails
   * later: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
   */
  private keepFailures({ functionName }: IFunction): void {
    new CfnEventInvokeConfig(this, 'FailedCalls', {
      functionName,
      qualifier: '$LATEST',
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
    })
  }
}
