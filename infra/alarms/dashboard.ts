import { Duration, Stack } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import { severities } from '../../lambdas/report/severity.ts'
import { workflows as workflowNames } from '../workflows.ts'
import { ownMetric, period, sumOf } from './metrics.ts'

export interface OperationsDashboardProps {
  readonly alarms: readonly IAlarm[]
  /** State machines by workflow name. */
  readonly workflows: ReadonlyMap<string, StateMachine>
}

/** A third of the dashboard's 24 columns: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const third = 8
const height = 6

/** The state of a deployment on one page: its activity, its durations and its failures. */
export class OperationsDashboard extends Dashboard {
  constructor(scope: Construct, id: string, { alarms, workflows }: OperationsDashboardProps) {
    super(scope, id, { defaultInterval: Duration.days(1) })
    this.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 3 * third, height: 3 }))
    this.addWidgets(
      graph(
        'Started, by workflow',
        [...workflows].map(([label, workflow]) => workflow.metricStarted({ label, period })),
      ),
      graph('Succeeded, by kind', this.ofKinds('succeeded', Stats.SAMPLE_COUNT)),
      graph('Failed, by kind', this.ofKinds('failed', Stats.SAMPLE_COUNT)),
    )
    this.addWidgets(
      graph('Duration of what succeeded, 90 of 100', this.ofKinds('succeeded', Stats.percentile(90))),
      graph('Longest wait of a step, 90 of 100', this.waits()),
      graph('Rotations', rotations(workflows.get(workflowNames.rotation))),
    )
    const machines = [...workflows.values()]
    this.addWidgets(
      graph('Throttled', [
        sumOf(
          'executions',
          machines.map((workflow) => workflow.metricThrottled({ period })),
        ),
        LambdaFunction.metricAllThrottles({ label: 'functions of the account', period }),
      ]),
      graph('Errors of functions', [this.functionErrors()]),
      graph('Stuck, refused, days of the oldest certificate', [
        ownMetric(this, 'OperationsStuck', { label: 'stuck', statistic: Stats.MAXIMUM }),
        ownMetric(this, 'AccessDenied', { label: 'refused', statistic: Stats.SUM }),
        ownMetric(this, 'CertificateDays', { label: 'days of the oldest certificate', statistic: Stats.MINIMUM }),
      ]),
    )
    this.addWidgets(graph('Differences that scheduled drifts have found, by severity', this.differences()))
  }

  private ofKinds(status: 'succeeded' | 'failed', statistic: string): IMetric[] {
    return operationKinds.map((kind) =>
      ownMetric(this, 'OperationDuration', { label: kind, statistic, dimensionsMap: { kind, status } }),
    )
  }

  private differences(): IMetric[] {
    return severities.map((severity) =>
      ownMetric(this, 'DriftDifferences', { label: severity, statistic: Stats.SUM, dimensionsMap: { severity } }),
    )
  }

  private waits(): IMetric[] {
    const statistic = Stats.percentile(90)
    return operationKinds.map((kind) =>
      ownMetric(this, 'OperationWaiting', { label: kind, statistic, dimensionsMap: { kind } }),
    )
  }

  /**
   * Errors of each function whose name contains the stack's name. A failed step is an error of its function, even when
   * a retry succeeds. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
   */
  private functionErrors(): IMetric {
    const search = `{AWS/Lambda,FunctionName} MetricName="Errors" FunctionName=${Stack.of(this).stackName}`
    return new MathExpression({ expression: `SEARCH('${search}', 'Sum', ${period.toSeconds()})`, label: '', period })
  }
}

function rotations(workflow: StateMachine | undefined): IMetric[] {
  if (!workflow) return []
  return [
    workflow.metricStarted({ label: 'started', period }),
    workflow.metricSucceeded({ label: 'succeeded', period }),
    workflow.metricFailed({ label: 'failed', period }),
  ]
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: third, height })
}
