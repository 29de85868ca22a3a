/** A pattern as in IAM's ArnLike: `*` stands for any number of characters, including none. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`)
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
