/** The form of a notification in Slack. */
import * as z from 'zod/mini'

/** A message of the SNS topic, as the function receives it. */
export interface TopicMessage {
  readonly id: string
  readonly subject: string
  readonly text: string
}

/**
 * The format of Amazon Q Developer in chat applications: "Custom notifications",
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export interface ChatMessage {
  readonly version: '1.0'
  readonly source: 'custom'
  readonly id: string
  readonly content: {
    readonly textType: 'client-markdown'
    readonly title: string
    readonly description: string
  }
}

/**
 * Maximum lengths in characters. Their sum is below the 3,000 that Slack accepts in one text:
 * https://docs.slack.dev/reference/block-kit/composition-objects/text-object/
 */
const most = { title: 200, object: 400, reason: 1500, action: 800 } as const

/** The fields of an operation's message that the chat shows if present. The message has more fields. */
const known = z.object({
  operationId: z.string(),
  status: z.string(),
  found: z.optional(z.record(z.string(), z.unknown())),
  error: z.optional(z.record(z.string(), z.unknown())),
})

type Known = z.output<typeof known>

/**
 * Returns undefined if the message is not about an operation. The chat application itself formats messages of
 * CloudWatch alarms.
 *
 * @param portalUrl undefined if the deployment has no portal. The message then has no link to the operation
 */
export function chatMessage(message: TopicMessage, portalUrl: string | undefined): ChatMessage | undefined {
  const { data } = known.safeParse(parsed(message.text))
  if (data === undefined) return undefined
  return {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title: `${signOf(data)} ${escaped(message.subject, most.title)}`,
      description: [...foundLines(data), ...errorLines(data), operationLine(data, portalUrl)].join('\n'),
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function signOf({ status, found }: Known): string {
  if (found?.severity === 'security') return ':rotating_light:'
  if (found) return ':warning:'
  if (status === 'succeeded') return ':white_check_mark:'
  return status === 'failed' ? ':x:' : ':warning:'
}

/** The counts of a drift. `differences` is omitted, because it is the sum of two other counts. */
function foundLines({ found = {} }: Known): string[] {
  const counts = Object.entries(found).filter(([name, count]) => name !== 'differences' && Number(count) > 0)
  return counts.map(([name, count]) => `*${name}*: ${count}`)
}

function errorLines({ error }: Known): string[] {
  if (!error) return []
  const { name, object, reason = name, action } = error
  return [
    ...line('object', object, most.object),
    ...line('reason', reason, most.reason),
    ...line('what to do', action, most.action),
  ]
}

/** In a code span Slack creates no links, mentions or formatting. */
function line(name: string, text: unknown, length: number): string[] {
  return typeof text === 'string' ? [`*${name}*: \`${escaped(text, length).replaceAll('`', "'")}\``] : []
}

function operationLine({ operationId }: Known, portalUrl: string | undefined): string {
  const id = escaped(operationId, 100)
  if (portalUrl === undefined) return `*operation*: ${id}`
  return `*operation*: <${portalUrl}/operations/${encodeURIComponent(operationId)}|${id}>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * The text on one line, with Slack's control characters escaped, and shortened with an ellipsis:
 * https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
function escaped(text: string, length: number): string {
  let result = ''
  for (const character of text.replace(/[\p{C}\s]+/gu, ' ')) {
    const next = entities[character] ?? character
    if (result.length + next.length >= length) return `${result}…`
    result += next
  }
  return result
}
