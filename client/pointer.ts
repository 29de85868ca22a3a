/** The segments of a JSON Pointer, also as a URI fragment: https://www.rfc-editor.org/rfc/rfc6901#section-6 */
export function segmentsOf(pointer: string): string[] {
  const [, ...segments] = decodeURIComponent(pointer.replace(/^#/, '')).split('/')
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
