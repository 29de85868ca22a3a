import { type Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export interface RotationScheduleProps {
  /** `rate(6 hours)`, or a cron expression in UTC. */
  readonly expression: string
  readonly starter: IFunction
  /** How long a call that started no rotation is kept for a person to examine. */
  readonly keptFor: Duration
}

/** In minutes. It spreads the calls, because many schedules of an account start at the full hour. */
const window = 15

/**
 * Starts rotations by a schedule, and keeps the calls that started none. CDK's own target is not used, because its role
 * may invoke each version and alias of the function.
 */
export class RotationSchedule extends Construct {
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { expression, starter, keptFor }: RotationScheduleProps) {
    super(scope, id)
    const { partition, region, account } = Stack.of(this)
    this.deadLetters = new Queue(this, 'DeadLetters', { enforceSSL: true, retentionPeriod: keptFor })
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
      }),
      description: 'Starts rotations',
    })
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [starter.functionArn] }))
    role.addToPolicy(this.mayKeep())
    this.keepFailuresOf(starter)
    new CfnSchedule(this, 'Schedule', {
      description: 'Keeps thumbprints and certificates of all clusters up to date',
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: window },
      target: {
        arn: starter.functionArn,
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

  /**
   * For the scheduler, a call has succeeded once Lambda has accepted it. Lambda retries and keeps a call that fails
   * later: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
   */
  private keepFailuresOf(starter: IFunction): void {
    starter.addToRolePolicy(this.mayKeep())
    new CfnEventInvokeConfig(this, 'FailedCalls', {
      functionName: starter.functionName,
      qualifier: '$LATEST',
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
    })
  }
}
