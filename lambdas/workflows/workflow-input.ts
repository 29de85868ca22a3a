/**
 * The limit in bytes. AWS limits the input of an execution to 256 KiB:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const largestRequest = 240 * 1024

/** Whether the request fits into the input of a workflow. */
export function fitsWorkflow(request: object): boolean {
  return Buffer.byteLength(JSON.stringify(request)) <= largestRequest
}
