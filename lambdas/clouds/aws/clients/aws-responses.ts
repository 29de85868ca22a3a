import type { DeserializeMiddleware, MiddlewareStack } from '@smithy/types'

interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  body: AsyncIterable<Uint8Array> | Uint8Array
}

interface Client<Input extends object, Output extends object> {
  readonly middlewareStack: MiddlewareStack<Input, Output>
}

/** Whether a response comes from the AWS operation. */
type IsAwsResponse = (answer: HttpAnswer, commandName: string) => boolean | Promise<boolean>

/**
 * Tests that distinguish responses of AWS from other responses, such as a proxy's. The SDK parses an empty response, or
 * any well-formed XML or JSON, as a response without fields. Without these tests, an existing role or item would count
 * as absent, and a write that never happened would count as done.
 */
export const awsResponseTests = {
  /**
   * IAM, STS, SNS: the root element of each response is the name of the operation, followed by Response.
   * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html#API_GetRole_ResponseSyntax
   */
  query: async (answer, commandName) => {
    answer.body = await readBody(answer)
    const root = /^\s*(?:<\?xml[^>]*>\s*)?<([A-Za-z]+)/.exec(Buffer.from(answer.body).toString('utf8', 0, 300))?.[1]
    return root === commandName.replace(/Command$/, 'Response')
  },
  /**
   * DynamoDB, EventBridge, Secrets Manager, Step Functions: each response has this media type.
   * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#protocol-behaviors
   */
  json: ({ headers }) => /^application\/x-amz-json-/.test(headers['content-type'] ?? ''),
  /** S3: each response has this ID. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
  s3: ({ headers }) => headers['x-amz-request-id'] !== undefined,
} as const satisfies Readonly<Record<string, IsAwsResponse>>

/** Makes the client reject responses that do not come from AWS, and returns the client. */
export function rejectForeignResponses<Input extends object, Output extends object, Of extends Client<Input, Output>>(
  client: Of & Client<Input, Output>,
  isAwsResponse: IsAwsResponse,
): Of {
  const checked: DeserializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const result = await next(args)
    const { response } = result
    if (!isHttpAnswer(response) || response.statusCode >= 300) return result
    if (await isAwsResponse(response, context.commandName ?? '')) return result
    throw failed(new SyntaxError('the response does not come from the AWS API operation'), response)
  }
  client.middlewareStack.add(checked, { step: 'deserialize', priority: 'low', name: 'rejectForeignResponses' })
  return client
}

/**
 * Returns a function that returns the body of the command's response, which may have elements that the SDK does not
 * know. The client must have the test `query`, which keeps the body.
 */
export function responseText<Input extends object, Output extends object>({
  middlewareStack,
}: Client<Input, Output>): () => string {
  let text = ''
  const keep: DeserializeMiddleware<Input, Output> = (next) => async (args) => {
    const result = await next(args)
    if (isHttpAnswer(result.response) && result.response.body instanceof Uint8Array)
      text = Buffer.from(result.response.body).toString('utf8')
    return result
  }
  middlewareStack.add(keep, { step: 'deserialize', priority: 'high', name: 'responseText' })
  return () => text
}

function isHttpAnswer(response: unknown): response is HttpAnswer {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'body' in response
}

async function readBody(answer: HttpAnswer): Promise<Uint8Array> {
  try {
    const parts: Uint8Array[] = []
    if (answer.body instanceof Uint8Array) parts.push(answer.body)
    else for await (const part of answer.body) parts.push(part)
    return Buffer.concat(parts)
  } catch (error) {
    throw error instanceof Error ? failed(error, answer) : error
  }
}

/** Adds the HTTP status to the error, as the SDK does in its errors. */
function failed(error: Error, { statusCode }: HttpAnswer): Error {
  return Object.assign(error, { $metadata: { httpStatusCode: statusCode } })
}
