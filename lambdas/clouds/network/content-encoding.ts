/**
 * Whether an answer is compressed or encoded in another way (RFC 9110 section 8.4). Its size says nothing about what
 * it becomes.
 */
export function isEncoded(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const codings = [headers['content-encoding'] ?? []].flat()
  return codings.some((coding) => coding.trim() !== '' && coding.trim().toLowerCase() !== 'identity')
}
