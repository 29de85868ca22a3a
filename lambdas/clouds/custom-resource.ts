/**
 * The requests of CloudFormation to a custom resource, and the responses:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import * as z from 'zod/mini'

const answerTimeoutMs = 10_000

/** The fields of a request that a response needs. */
export const customResourceRequest = z.object({
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.optional(z.string()),
})

export type CustomResourceRequest = z.output<typeof customResourceRequest>

/** The attributes of the resource, or the reason to fail the request. */
export type Outcome =
  | { readonly refusal: string }
  | {
      readonly refusal?: undefined
      readonly attributes?: Readonly<Record<string, string>>
      /** The default is the current ID. A different ID makes CloudFormation replace the resource. */
      readonly physicalId?: string
    }

export function responseTo(request: CustomResourceRequest, outcome: Outcome): Record<string, unknown> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = request
  const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId }
  if (outcome.refusal !== undefined) return { Status: 'FAILED', Reason: outcome.refusal, ...ids }
  const { attributes, physicalId } = outcome
  return {
    Status: 'SUCCESS',
    ...ids,
    ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
    ...(attributes && { Data: attributes }),
  }
}

/**
 * Sends the response to the presigned URL of the request. No error repeats the URL.
 *
 * @throws {Error} when the response was not accepted; Lambda then invokes the function again
 */
export async function respond(request: CustomResourceRequest, outcome: Outcome): Promise<void> {
  // The body is bytes, because fetch adds a content type to a text, and the URL's signature covers no content type.
  // AWS's own module sends none:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
  const body = new TextEncoder().encode(JSON.stringify(responseTo(request, outcome)))
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const { ok, status } = await fetch(request.ResponseURL, { method: 'PUT', body, signal, redirect: 'error' })
  if (!ok) throw new Error(`CloudFormation did not take the answer: status ${status}`)
}
