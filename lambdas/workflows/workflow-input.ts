/**
 * Bytes. The input of an execution may have 256 KiB:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const largestRequest = 240 * 1024

/** Whether a workflow takes a request of this size. */
export function fitsWorkflow(request: object): boolean {
  return Buffer.byteLength(JSON.stringify(request)) <= largestRequest
}
