/** Bytes. An execution's input may have 256 KiB: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const largestRequest = 240 * 1024

/** Whether a request is no larger than a workflow takes. */
export function fitsWorkflow(request: object): boolean {
  return Buffer.byteLength(JSON.stringify(request)) <= largestRequest
}
