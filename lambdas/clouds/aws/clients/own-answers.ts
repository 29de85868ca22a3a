import type { DeserializeMiddleware, MiddlewareStack } from '@smithy/types'

interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  body: AsyncIterable<Uint8Array> | Uint8Array
}

interface Client<Input extends object, Output extends object> {
  readonly middlewareStack: MiddlewareStack<Input, Output>
}

/** Whether an answer is that of the operation. */
type IsOwn = (answer: HttpAnswer, commandName: string) => boolean | Promise<boolean>

/**
 * How answers of AWS are distinguished from those of somebody else, such as a proxy. The SDK reads well-formed XML or JSON of any kind, and
 * an empty answer, as one in which everything is missing: a role or an item that is there would count as absent, and a write
 * that nobody has done as done.
 */
export const ownAnswers = {
  /**
   * IAM, STS, SNS: each answer is one element, the operation's name with Response after it.
   * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html#API_GetRole_ResponseSyntax
   */
  query: async (answer, commandName) => {
    answer.body = await wholeOf(answer)
    const root = /^\s*(?:<\?xml[^>]*>\s*)?<([A-Za-z]+)/.exec(Buffer.from(answer.body).toString('utf8', 0, 300))?.[1]
    return root === commandName.replace(/Command$/, 'Response')
  },
  /**
   * DynamoDB, EventBridge, Secrets Manager, Step Functions: each answer has this media type.
   * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#protocol-behaviors
   */
  json: ({ headers }) => /^application\/x-amz-json-/.test(headers['content-type'] ?? ''),
  /** S3: each answer has the ID of its request. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
  s3: ({ headers }) => headers['x-amz-request-id'] !== undefined,
} as const satisfies Readonly<Record<string, IsOwn>>

/** The client, which from now on takes no answer of somebody else. */
export function takingOwnAnswers<Input extends object, Output extends object, Of extends Client<Input, Output>>(
  client: Of & Client<Input, Output>,
  isOwn: IsOwn,
): Of {
  const checked: DeserializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const result = await next(args)
    const { response } = result
    if (!isHttpAnswer(response) || response.statusCode >= 300) return result
    if (await isOwn(response, context.commandName ?? '')) return result
    throw failed(new SyntaxError('the answer is not that of the operation'), response)
  }
  client.middlewareStack.add(checked, { step: 'deserialize', priority: 'low', name: 'takingOwnAnswers' })
  return client
}

function isHttpAnswer(response: unknown): response is HttpAnswer {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'body' in response
}

async function wholeOf(answer: HttpAnswer): Promise<Uint8Array> {
  try {
    const parts: Uint8Array[] = []
    if (answer.body instanceof Uint8Array) parts.push(answer.body)
    else for await (const part of answer.body) parts.push(part)
    return Buffer.concat(parts)
  } catch (error) {
    throw error instanceof Error ? failed(error, answer) : error
  }
}

/** With the status of the answer, as the SDK's own errors have it. */
function failed(error: Error, { statusCode }: HttpAnswer): Error {
  return Object.assign(error, { $metadata: { httpStatusCode: statusCode } })
}
