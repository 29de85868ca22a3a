/** The states around every workflow. They give all failures one path, and publish messages about the end. */
import { expression, objectExpression, placeholder } from './asl.ts'
import type { Machine, State, Workflow } from './source.ts'

const operationId = '$states.context.Execution.Input.operationId'
/** Undefined for an operation on all clusters. */
const cluster = '$states.context.Execution.Input.request.cluster.name'
/** SNS takes subjects of fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 99

/** What the last step says that was found; nothing when there is nothing to tell. The branch has its output in a list. */
const found = '$states.input[0].found'

/** The whole state machine of a workflow. */
export function framed(workflow: Workflow): Machine {
  const { Name, Notifications, Defaults, StartAt, States } = workflow
  const { Succeeded, Found, Failed } = Notifications
  return {
    Defaults: { OperationId: operationId, Cluster: cluster },
    StartAt: Name,
    States: {
      [Name]: {
        Type: 'Parallel',
        Comment: 'One branch: its Catch is the one way that every failure takes.',
        Branches: [{ Defaults: { OperationId: '$operationId', ...Defaults }, StartAt, States }],
        Catch: [caughtBy('RecordFailure', { failure: '{% $states.errorOutput %}', report: {} })],
        Next: afterAll(Notifications),
      },
      ...(Succeeded !== undefined && {
        NotifySucceeded: notification(Succeeded, messageOf('succeeded'), 'Succeeded'),
      }),
      ...(Found !== undefined && {
        AnythingFound: {
          Type: 'Choice',
          Choices: [{ Condition: `$exists(${found})`, Next: 'NotifyFound' }],
          Default: 'Succeeded',
        },
        NotifyFound: notification(Found, messageOf('found'), 'Succeeded', { severity: `${found}.severity` }),
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

function afterAll({ Succeeded, Found }: Workflow['Notifications']): string {
  if (Found !== undefined) return 'AnythingFound'
  return Succeeded === undefined ? 'Succeeded' : 'NotifySucceeded'
}

function caughtBy(Next: string, Assign?: Readonly<Record<string, unknown>>) {
  return { ErrorEquals: ['States.ALL'], ...(Assign && { Assign }), Next }
}

/**
 * Publishes a message. A failure to publish does not change how the operation ends.
 *
 * @param next where the execution ends; one that succeeds ends with the message, and this state is for a message that was not published
 * @param attributes expressions by the names of message attributes, by which subscribers filter:
 *   https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
function notification(
  subject: string,
  message: string,
  next: string,
  attributes: Readonly<Record<string, string>> = {},
): State {
  const named = Object.entries(attributes).map(([name, value]) => [
    name,
    { DataType: 'String', StringValue: expression(value) },
  ])
  return {
    Type: 'Task',
    Resource: `arn:${placeholder('Partition')}:states:::sns:publish`,
    Arguments: {
      TopicArn: placeholder('NotificationTopicArn'),
      Subject: subjectOf(subject),
      Message: expression(message),
      ...(named.length > 0 && { MessageAttributes: Object.fromEntries(named) }),
    },
    TimeoutSeconds: 30,
    Retry: 'notify',
    Catch: [caughtBy(next)],
    ...(next === 'Succeeded' ? { End: true } : { Next: next }),
  }
}

/** What stands for a value in a subject. */
const values: Readonly<Record<string, string>> = { '<cluster>': cluster, '<severity>': `${found}.severity` }

function subjectOf(text: string): string {
  const parts = text.split(/(<\w+>)/).filter((part) => part !== '')
  if (!parts.some((part) => part in values)) return `Workload identity: ${text}`
  const joined = parts.map((part) => values[part] ?? `'${part}'`).join(' & ')
  return expression(`$substring('Workload identity: ' & ${joined}, 0, ${maxSubject})`)
}

function messageOf(status: 'succeeded' | 'found' | 'failed'): string {
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
    status: status === 'found' ? "'succeeded'" : `'${status}'`,
    ...(status === 'found' && { severity: `${found}.severity`, found }),
    ...(status === 'failed' && { error }),
  })
  return `$string(${message})`
}
