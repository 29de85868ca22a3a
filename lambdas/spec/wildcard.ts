/** A pattern as in IAM's ArnLike: `*` stands for any number of characters, including none. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`)
}

/** Whether a text matches one of the patterns. `*` stands for any characters. */
export function covers(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => wildcard(pattern).test(text))
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
