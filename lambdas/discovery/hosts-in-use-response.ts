/**
 * How a custom resource is asked by CloudFormation, and answers:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
import * as z from 'zod/mini'

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
