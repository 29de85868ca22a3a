import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { isInChina } from '../host/china.ts'
import { ownMetric, period, sumOf } from './metrics.ts'
import { lateAfterSeconds } from './notification-events.ts'
import { hoursWithoutStart } from './schedule-gap.ts'

export interface AlarmsProps {
  /** The topic to which each alarm publishes when it enters the state ALARM. */
  readonly topic: Topic
  readonly workflows: readonly StateMachine[]
  readonly api: HttpApi
  /** Functions that Lambda invokes with events. Lambda drops an event after three failed attempts. */
  readonly eventFunctions: readonly LambdaFunction[]
  /** How long the oldest notification has waited for the event bus, in seconds. Omitted without an event bus. */
  readonly waitingForBus?: IMetric | undefined
  /** Omitted when no schedule starts rotations. */
  readonly rotations?: ScheduledStarts | undefined
  /** Omitted when no schedule starts drifts. */
  readonly drifts?: ScheduledStarts | undefined
}

export interface ScheduledStarts {
  /** `rate(6 hours)`, or a cron expression. */
  readonly expression: string
  readonly deadLetters: Queue
  /** The number of executions that the schedule has started in each {@link startsPeriod}. */
  readonly started: IMetric
}

export const startsPeriod = Duration.hours(1)

type AlarmSpec = Pick<AlarmProps, 'metric' | 'threshold'> &
  Partial<Omit<AlarmProps, 'metric' | 'threshold'>> & {
    /** What has happened. */
    readonly says: string
    /** The anchor of the section in docs/on-call.md that says what to do. */
    readonly runbook: string
  }

/** Rotations renew a certificate in the last third of its year. With fewer days left, renewal has failed for months. */
const fewestDays = 30

/** Conditions that need a person. Each alarm links its section of docs/on-call.md. */
export class Alarms extends Construct {
  private readonly topic: Topic
  readonly made: Alarm[] = []

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.topic = props.topic
    this.ofOperations(props)
    this.ofFunctions(props)
    this.ofReconciler()
    if (props.waitingForBus) this.ofBus(props.waitingForBus)
    if (props.rotations) this.ofRotations(props.rotations)
    if (props.drifts) this.ofDrifts(props.drifts)
    props.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [props.topic.topicArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.made.map(({ alarmArn }) => alarmArn) } },
      }),
    )
  }

  private ofOperations({ workflows }: AlarmsProps): void {
    this.add('Failed', {
      says: 'An operation has failed',
      runbook: 'an-operation-has-failed',
      metric: sumOf(
        'failed',
        workflows.map((workflow) => workflow.metricFailed({ period })),
      ),
      threshold: 1,
    })
    this.add('TimedOut', {
      says: 'An operation has run out of time',
      runbook: 'an-operation-has-run-out-of-time',
      metric: sumOf(
        'timed out',
        workflows.map((workflow) => workflow.metricTimedOut({ period })),
      ),
      threshold: 1,
    })
    this.add('Stuck', {
      says: 'An operation has not ended, and its record has not changed for half an hour',
      runbook: 'an-operation-is-stuck',
      metric: ownMetric(this, 'OperationsStuck', { statistic: 'Maximum' }),
      threshold: 1,
    })
    this.add('CertificateEnds', {
      says: `The certificate of a webhook ends in less than ${fewestDays} days`,
      runbook: 'a-certificate-ends-soon',
      metric: ownMetric(this, 'CertificateDays', { statistic: 'Minimum' }),
      threshold: fewestDays,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // Only a rotation publishes this metric, so most periods have no value.
      treatMissingData: TreatMissingData.IGNORE,
    })
  }

  private ofFunctions({ workflows, api, eventFunctions }: AlarmsProps): void {
    this.add('AccessDenied', {
      says: 'A cloud or a cluster refuses what a function is to do',
      runbook: 'a-function-is-refused',
      metric: ownMetric(this, 'AccessDenied', { statistic: 'Sum' }),
      threshold: 1,
    })
    const failed = isInChina(this)
      ? { metric: 'Errors', says: 'a function that is invoked by events has failed' }
      : { metric: 'AsyncEventsDropped', says: 'an event was dropped after three failures of its function' }
    this.add('FunctionErrors', {
      says: `The API has answered 5xx, or ${failed.says}`,
      runbook: 'a-function-fails',
      metric: sumOf('errors', [
        api.metricServerError({ period, statistic: 'Sum' }),
        ...eventFunctions.map((each) => each.metric(failed.metric, { period, statistic: 'Sum' })),
      ]),
      threshold: 1,
    })
    this.add('Throttled', {
      says: 'AWS throttles executions, or functions of this account and region',
      runbook: 'aws-throttles',
      metric: sumOf('throttled', [
        ...workflows.map((workflow) => workflow.metricThrottled({ period })),
        LambdaFunction.metricAllThrottles({ period }),
      ]),
      threshold: 1,
    })
  }

  /**
   * The reconciler publishes the number of stuck operations after each pass over all open operations. A period without
   * a value has no complete pass.
   */
  private ofReconciler(): void {
    this.add('ReconcilerFails', {
      says: 'For a quarter of an hour, the function that settles operations has not read the open operations',
      runbook: 'the-function-that-settles-operations-fails',
      metric: ownMetric(this, 'OperationsStuck', { statistic: 'SampleCount' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.BREACHING,
    })
  }

  private ofBus(waiting: IMetric): void {
    this.add('NotificationsLate', {
      says: 'Notifications have not reached the event bus for a quarter of an hour',
      runbook: 'notifications-do-not-reach-the-event-bus',
      metric: waiting,
      threshold: lateAfterSeconds,
      datapointsToAlarm: 3,
    })
  }

  private ofRotations(rotations: ScheduledStarts): void {
    this.addMissed('RotationMissed', rotations, {
      what: 'No rotation has started',
      runbook: 'a-rotation-was-missed',
    })
    this.addDeadLetters('DeadLetters', rotations, 'A call of the schedule started no rotation')
  }

  private ofDrifts(drifts: ScheduledStarts): void {
    this.addMissed('DriftMissed', drifts, {
      what: 'No cluster was compared with its recorded request',
      runbook: 'a-drift-was-missed',
    })
    this.addDeadLetters('DriftDeadLetters', drifts, 'A call of the schedule did not start all drifts')
    this.add('SecurityDrift', {
      says: 'A scheduled drift has found something that may give somebody more rights, or let others in',
      runbook: 'a-drift-of-security',
      metric: ownMetric(this, 'DriftDifferences', { statistic: 'Maximum', dimensionsMap: { severity: 'security' } }),
      threshold: 1,
    })
  }

  private addMissed(
    id: string,
    { expression, started }: ScheduledStarts,
    { what, runbook }: { readonly what: string; readonly runbook: string },
  ): void {
    const hours = hoursWithoutStart(expression)
    this.add(id, {
      says: `${what} for ${hours} hours`,
      runbook,
      metric: started,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      treatMissingData: TreatMissingData.BREACHING,
    })
  }

  private addDeadLetters(id: string, { deadLetters }: ScheduledStarts, what: string): void {
    this.add(id, {
      says: `${what}. The messages in the dead-letter queue of the schedule contain the call and the reason`,
      runbook: 'calls-of-the-schedule-are-in-the-dead-letter-queue',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period }),
      threshold: 1,
      evaluationPeriods: 1,
    })
  }

  /** By default an alarm fires when one of the three latest values reaches the threshold. */
  private add(id: string, { says, runbook, ...props }: AlarmSpec): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${says}. What to do: docs/on-call.md#${runbook}`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    })
    alarm.addAlarmAction(new SnsAction(this.topic))
    this.made.push(alarm)
  }
}
