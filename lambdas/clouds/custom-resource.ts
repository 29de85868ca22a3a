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

/** The attributes of the resource, or why the change must not be made. */
export type Outcome =
  | { readonly refusal: string }
  | {
      readonly refusal?: undefined
      readonly attributes?: Readonly<Record<string, string>>
      /** Left out: the one that the resource has. Another one replaces the resource. */
      readonly physicalId?: string
    }

/** The answer to a request. */
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
 * Sends the answer to the presigned URL of the request, which no error repeats.
 *
 * @throws {Error} when the answer was not taken; Lambda then calls the function again
 */
export async function respond(request: CustomResourceRequest, outcome: Outcome): Promise<void> {
  // As bytes: a text would be sent with a content type, for which the URL is not signed. AWS's own module sends none:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
  const body = new TextEncoder().encode(JSON.stringify(responseTo(request, outcome)))
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const { ok, status } = await fetch(request.ResponseURL, { method: 'PUT', body, signal, redirect: 'error' })
  if (!ok) throw new Error(`CloudFormation did not take the answer: status ${status}`)
}
