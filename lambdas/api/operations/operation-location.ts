import type { ApiCall } from '../operation.ts'

/** Path of an operation among the routes of the caller, for Location headers and problems. */
export function locationOf({ root }: Pick<ApiCall, 'root'>, operationId: string): string {
  return `${root}/v1/operations/${operationId}`
}

/** The header that says after how many seconds the caller should read the operation. */
export const retryAfter = { 'retry-after': '5' } as const
