import { type Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export interface RotationScheduleProps {
  /** `rate(6 hours)`, or a cron expression in UTC. */
  readonly expression: string
  readonly starter: IFunction
  /** How long a call that could not be made is kept for somebody to look at. */
  readonly keptFor: Duration
}

/** Minutes: so that all that is scheduled in an account for the full hour does not call at once. */
const window = 15

/**
 * Starts a rotation from time to time. Not CDK's own target, which may call every version of the function, and every alias.
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
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }))
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
}
