const constructed = 0x20
const longForm = 0x80

/**
 * Whether the bytes are exactly one DER value (X.690): all lengths in shortest form, and no bytes between or after the
 * values. Parsers accept more, so two parsers could read two different requests from the same bytes.
 */
export function isStrictDer(bytes: Uint8Array): boolean {
  const end = endOfValue(bytes, 0)
  return end === bytes.length
}

/** Offset after the value at `start`. Undefined if the value is malformed or exceeds the bytes. */
function endOfValue(bytes: Uint8Array, start: number): number | undefined {
  const tag = bytes[start]
  const length = lengthAt(bytes, start + 1)
  if (tag === undefined || !length) return undefined
  const end = length.contentStart + length.contentLength
  if (end > bytes.length) return undefined
  return (tag & constructed) === 0 || isFilled(bytes.subarray(length.contentStart, end)) ? end : undefined
}

function isFilled(content: Uint8Array): boolean {
  let offset = 0
  while (offset < content.length) {
    const next = endOfValue(content, offset)
    if (next === undefined) return false
    offset = next
  }
  return true
}

/** Rejects lengths of more than two bytes, because no expected value is that long. */
function lengthAt(bytes: Uint8Array, at: number): { contentStart: number; contentLength: number } | undefined {
  const [first, second = 0, third = 0] = bytes.subarray(at, at + 3)
  if (first === undefined) return undefined
  if (first < longForm) return { contentStart: at + 1, contentLength: first }
  if (first === 0x81 && second >= longForm) return { contentStart: at + 2, contentLength: second }
  if (first === 0x82 && second > 0) return { contentStart: at + 3, contentLength: second * 256 + third }
  return undefined
}
