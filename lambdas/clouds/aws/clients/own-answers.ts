import type { DeserializeMiddleware, MiddlewareStack } from '@smithy/types'

interface HttpAnswer {
  readonly statusCode: number
  body: AsyncIterable<Uint8Array> | Uint8Array
}

/**
 * Lets a client of IAM or STS take no page of somebody else for an answer. The SDK reads well-formed XML of any kind as an answer
 * in which everything is missing: a role that is there would count as absent, and a provider as one without tags. Each answer of
 * these services is one element, the operation's name with Response after it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html#API_GetRole_ResponseSyntax
 */
export function takeOwnAnswers<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): void {
  const checked: DeserializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const result = await next(args)
    const { response } = result
    if (isHttpAnswer(response) && response.statusCode < 300) await check(response, context.commandName ?? '')
    return result
  }
  stack.add(checked, { step: 'deserialize', priority: 'low', name: 'takeOwnAnswers' })
}

async function check(answer: HttpAnswer, commandName: string): Promise<void> {
  const body = await wholeOf(answer)
  if (!isOf(commandName, body)) throw failed(new SyntaxError('the answer is not that of the operation'), answer)
  answer.body = body
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

function isOf(commandName: string, body: Uint8Array): boolean {
  const root = /^\s*(?:<\?xml[^>]*>\s*)?<([A-Za-z]+)/.exec(Buffer.from(body).toString('utf8', 0, 300))?.[1]
  return root === commandName.replace(/Command$/, 'Response')
}

/** With the status of the answer, as the SDK's own errors have it. */
function failed(error: Error, { statusCode }: HttpAnswer): Error {
  return Object.assign(error, { $metadata: { httpStatusCode: statusCode } })
}
