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
  /** The purpose of the operations, for descriptions. */
  readonly purpose: string
  /** `rate(6 hours)`, or a cron expression in UTC. */
  readonly expression: string
  /**
   * The state machine to start, or a factory of the function to call. The role of the function needs the statement
   * `maySendToDeadLetters`, because Lambda uses this role to send failed calls to the queue.
   */
  readonly starts: StateMachine | ((maySendToDeadLetters: PolicyStatement) => IFunction)
  /** How long a call that started nothing stays in the queue for a person to examine. */
  readonly keptFor: Duration
}

/**
 * Minutes by which a call may be delayed. The window spreads the calls, because many schedules of an account start on
 * the hour.
 */
const window = 15

/**
 * Starts operations on a schedule, and stores the calls that started none. CDK's own target is not used, because its
 * role may invoke every version and alias of the function.
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
      // Inline, because a separate policy is another resource, and a stack has at most 500.
      inlinePolicies: { Rights: new PolicyDocument({ statements: [mayCall, this.maySendToDeadLetters()] }) },
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

  private maySendToDeadLetters(): PolicyStatement {
    return new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] })
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
  private target({ starts }: OperationScheduleProps): { readonly action: string; readonly arn: string } {
    if (starts instanceof StateMachine) return { action: 'states:StartExecution', arn: starts.stateMachineArn }
    const called = starts(this.maySendToDeadLetters())
    this.keepFailures(called)
    return { action: 'lambda:InvokeFunction', arn: called.functionArn }
  }

  /**
   * For the scheduler, a call succeeds when Lambda accepts it. If the function then fails, Lambda retries the call, and
   * sends it to the queue after the last retry:
   * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
   */
  private keepFailures({ functionName }: IFunction): void {
    new CfnEventInvokeConfig(this, 'FailedCalls', {
      functionName,
      qualifier: '$LATEST',
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
    })
  }
}
