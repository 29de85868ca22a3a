/** Where a key comes again, and where it came first. */
export interface Repetition {
  readonly key: string
  readonly index: number
  readonly first: number
}

/** Every key that is in a list more than once, each further time; keys that are missing or empty do not count. */
export function repeated(keys: readonly (string | undefined)[]): Repetition[] {
  const firsts = new Map<string, number>()
  return keys.flatMap((key, index) => {
    if (!key) return []
    const first = firsts.get(key)
    if (first !== undefined) return [{ key, index, first }]
    firsts.set(key, index)
    return []
  })
}
