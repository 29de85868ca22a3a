/** Whether a response is compressed or otherwise encoded (RFC 9110 section 8.4), and may decode to any size. */
export function isEncoded(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const codings = [headers['content-encoding'] ?? []].flat()
  return codings.some((coding) => coding.trim() !== '' && coding.trim().toLowerCase() !== 'identity')
}
