/** Path of an operation, for Location headers and problems. */
export function locationOf(operationId: string): string {
  return `/v1/operations/${operationId}`
}

/** The header that says after how many seconds the caller should read the operation. */
export const retryAfter = { 'retry-after': '5' } as const
