import type { ApiCall } from '../operation.ts'

/** Path of an operation under the caller's root, for Location headers and problems. */
export function locationOf({ root }: Pick<ApiCall, 'root'>, operationId: string): string {
  return `${root}/v1/operations/${operationId}`
}

/** The number of seconds after which the caller should read the operation again. */
export const retryAfter = { 'retry-after': '5' } as const
