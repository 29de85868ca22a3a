/** Whether some text matches both patterns. `*` stands for any characters. The comparison ignores case. */
export function overlap(one: string, other: string): boolean {
  return overlapFrom(one.toLowerCase(), other.toLowerCase())
}

function overlapFrom(one: string, other: string): boolean {
  if (one === '') return /^\**$/.test(other)
  if (other === '') return overlapFrom(other, one)
  if (one.startsWith('*')) return overlapFrom(one.slice(1), other) || overlapFrom(one, other.slice(1))
  if (other.startsWith('*')) return overlapFrom(other, one)
  return one[0] === other[0] && overlapFrom(one.slice(1), other.slice(1))
}
