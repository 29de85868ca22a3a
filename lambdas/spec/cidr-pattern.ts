/** Shortest and longest prefix, in bits, of an IPv4 range that a cluster accepts. */
export const shortestPrefix = 8
export const longestPrefix = 28

/** Matches each IPv4 range with such a prefix and without address bits after it. */
export const cidrPattern = `^(${prefixes().map(rangesOfPrefix).join('|')})$`

function prefixes(): number[] {
  return Array.from({ length: longestPrefix - shortestPrefix + 1 }, (_, index) => shortestPrefix + index)
}

function rangesOfPrefix(prefix: number): string {
  const octets = [0, 8, 16, 24].map((first) => octetOf(Math.min(Math.max(prefix - first, 0), 8)))
  return `${octets.join('\\.')}/${prefix}`
}

/** A pattern for an octet in which only the first `bits` bits may be set. */
function octetOf(bits: number): string {
  if (bits === 8) return '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
  const values = Array.from({ length: 2 ** bits }, (_, index) => index * 2 ** (8 - bits))
  return values.length === 1 ? '0' : `(${values.join('|')})`
}
