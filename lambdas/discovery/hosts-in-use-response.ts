/**
 * How a custom resource is asked by CloudFormation, and answers:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import * as z from 'zod/mini'

const answerTimeoutMs = 10_000

/** What every request has that an answer needs. */
export const customResourceRequest = z.object({
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.optional(z.string()),
})

export type CustomResourceRequest = z.output<typeof customResourceRequest>

/**
 * The answer to a request. The resource keeps its physical id for ever, since another one would replace the resource.
 *
 * @param refusal why the change must not be made; undefined when it may
 */
export function responseTo(request: CustomResourceRequest, refusal: string | undefined): Record<string, string> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = request
  const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId }
  return refusal === undefined ? { Status: 'SUCCESS', ...ids } : { Status: 'FAILED', Reason: refusal, ...ids }
}

/**
 * Sends the answer to the presigned URL of the request, which no error repeats.
 *
 * @throws {Error} when the answer was not taken; Lambda then calls the function again
 */
export async function respond(request: CustomResourceRequest, refusal: string | undefined): Promise<void> {
  // As bytes: a text would be sent with a content type, for which the URL is not signed. AWS's own module sends none:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
  const body = new TextEncoder().encode(JSON.stringify(responseTo(request, refusal)))
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const { ok, status } = await fetch(request.ResponseURL, { method: 'PUT', body, signal, redirect: 'error' })
  if (!ok) throw new Error(`CloudFormation did not take the answer: status ${status}`)
}
