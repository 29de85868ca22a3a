export { pages, read, root } from '../../docs/site/repository.ts'

/** The groups of all matches, each once. */
export function matches(text: string, pattern: RegExp): string[] {
  return [
    ...new Set([...text.matchAll(pattern)].flatMap(([, ...observed]) => observed.filter((one) => one !== undefined))),
  ]
}
