/** Lines that only one of the lists has, or has more often. */
export function differenceOf(now: readonly string[], before: readonly string[]): string[] {
  return [...without(now, before), ...without(before, now).map((line) => `missing: ${line}`)]
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
