/** The states around every workflow. They give all failures one path, and publish messages about the end. */
import { expression, objectExpression, placeholder } from './asl.ts'
import type { Machine, State, Workflow } from './source.ts'

const operationId = '$states.context.Execution.Input.operationId'
/** Undefined for an operation on all clusters. */
const cluster = '$states.context.Execution.Input.request.cluster.name'
/** SNS takes subjects of up to 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 100

/** The whole state machine of a workflow. */
export function framed(workflow: Workflow): Machine {
  const { Name, Notifications, Defaults, StartAt, States } = workflow
  const { Succeeded, Failed } = Notifications
  return {
    Defaults: { OperationId: operationId, Cluster: cluster },
    StartAt: Name,
    States: {
      [Name]: {
        Type: 'Parallel',
        Comment: 'One branch: its Catch is the one way that every failure takes.',
        Branches: [{ Defaults: { OperationId: '$operationId', ...Defaults }, StartAt, States }],
        Catch: [caughtBy('RecordFailure', { failure: '{% $states.errorOutput %}', report: {} })],
        Next: Succeeded === undefined ? 'Succeeded' : 'NotifySucceeded',
      },
      ...(Succeeded !== undefined && {
        NotifySucceeded: notification(Succeeded, messageOf('succeeded'), 'Succeeded'),
      }),
      Succeeded: { Type: 'Succeed' },
      RecordFailure: {
        Type: 'Step',
        Input: { error: '$failure.Error', cause: '$failure.Cause' },
        Assign: { report: '{% $states.result.Payload %}' },
        Catch: [caughtBy('NotifyFailed')],
        Next: 'NotifyFailed',
      },
      NotifyFailed: notification(Failed, messageOf('failed'), 'Failed'),
      Failed: {
        Type: 'Fail',
        Error: '{% $failure.Error %}',
        Cause: `{% $exists($report.reason) ? $report.object & ': ' & $report.reason & '. ' & $report.action & '.' : '' & $failure.Cause %}`,
      },
    },
  }
}

function caughtBy(Next: string, Assign?: Readonly<Record<string, unknown>>) {
  return { ErrorEquals: ['States.ALL'], ...(Assign && { Assign }), Next }
}

/** Publishes a message. A failure to publish does not change how the operation ends. */
function notification(subject: string, message: string, next: string): State {
  return {
    Type: 'Task',
    Resource: `arn:${placeholder('Partition')}:states:::sns:publish`,
    Arguments: {
      TopicArn: placeholder('NotificationTopicArn'),
      Subject: subjectOf(subject),
      Message: expression(message),
    },
    TimeoutSeconds: 30,
    Retry: 'notify',
    Catch: [caughtBy(next)],
    Next: next,
  }
}

function subjectOf(text: string): string {
  const ofCluster = /^<cluster>(.*)$/.exec(text)?.[1]
  if (ofCluster === undefined) return `Workload identity: ${text}`
  return expression(`$substring('Workload identity: ' & ${cluster} & '${ofCluster}', 0, ${maxSubject})`)
}

function messageOf(status: 'succeeded' | 'failed'): string {
  const error = objectExpression({
    name: '$exists($report.name) ? $report.name : $failure.Error',
    step: '$report.step',
    item: '$report.item',
    object: '$report.object',
    reason: '$report.reason',
    action: '$report.action',
  })
  const message = objectExpression({
    operationId,
    cluster,
    status: `'${status}'`,
    ...(status === 'failed' && { error }),
  })
  return `$string(${message})`
}
