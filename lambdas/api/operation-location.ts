/** Path of an operation, for Location headers and problems. */
export function locationOf(operationId: string): string {
  return `/v1/operations/${operationId}`
}

/** How many seconds to wait before asking again. */
export const retryAfter = { 'retry-after': '5' } as const
