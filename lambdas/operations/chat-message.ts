/** What Slack shows of a notification. */
import * as z from 'zod/mini'

/** A message of the topic, as SNS gives it to a function. */
export interface TopicMessage {
  readonly id: string
  readonly subject: string
  readonly text: string
}

/**
 * What Amazon Q Developer in chat applications shows in a channel: "Custom notifications",
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

/** Characters of a title, and of a description, that it shows. */
const largest = { title: 250, description: 8000 } as const

const known = z.object({
  operationId: z.string(),
  status: z.string(),
  found: z.optional(
    z.object({
      severity: z.optional(z.string()),
      missing: z.number(),
      changed: z.number(),
      additions: z.number(),
      unreachable: z.number(),
      problems: z.number(),
    }),
  ),
  error: z.optional(
    z.object({
      name: z.string(),
      object: z.optional(z.string()),
      reason: z.optional(z.string()),
      action: z.optional(z.string()),
    }),
  ),
})

type Known = z.output<typeof known>

/**
 * Undefined where the message is not about an operation. Of alarms the chat application shows what CloudWatch writes.
 *
 * @param portalUrl its pages show operations; undefined without a portal
 */
export function chatMessage(message: TopicMessage, portalUrl: string | undefined): ChatMessage | undefined {
  const { data } = known.safeParse(parsed(message.text))
  if (data === undefined) return undefined
  const title = `${signOf(data)} ${escaped(message.subject)}`
  const lines = [...foundLines(data), ...errorLines(data), operationLine(data, portalUrl)]
  return {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title: title.slice(0, largest.title),
      description: lines.join('\n').slice(0, largest.description),
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

function foundLines({ found }: Known): string[] {
  if (!found) return []
  const counts = (['missing', 'changed', 'additions', 'unreachable', 'problems'] as const).filter((name) => found[name])
  return counts.map((name) => `*${name}*: ${found[name]}`)
}

function errorLines({ error }: Known): string[] {
  if (!error) return []
  const { object, reason = error.name, action } = error
  return [
    ...(object === undefined ? [] : [`*object*: ${escaped(object)}`]),
    `*reason*: ${escaped(reason)}`,
    ...(action === undefined ? [] : [`*what to do*: ${escaped(action)}`]),
  ]
}

function operationLine({ operationId }: Known, portalUrl: string | undefined): string {
  const id = escaped(operationId)
  if (portalUrl === undefined) return `*operation*: ${id}`
  return `*operation*: <${portalUrl}/operations/${encodeURIComponent(operationId)}|${id}>`
}

/** So that no text is a link, or calls the members: https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
