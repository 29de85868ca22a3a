/** Whether the same request may succeed after a short time (RFC 9110 sections 15.5.9 and 15.6, RFC 6585 section 4). */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}
