import { read } from '../../docs/site/repository.ts'

export { pages, read, root } from '../../docs/site/repository.ts'

/** The groups of all matches, each once. */
export function matches(text: string, pattern: RegExp): string[] {
  return [
    ...new Set([...text.matchAll(pattern)].flatMap(([, ...observed]) => observed.filter((one) => one !== undefined))),
  ]
}

/**
 * As GitHub makes them of headings: https://docs.github.com/get-started/writing-on-github (section links). A translated page has
 * the anchors of the English headings as elements before its own headings.
 */
export function anchors(page: string): string[] {
  const text = read(page).replace(/^```.*?^```$/gms, '')
  const ofHeadings = matches(text, /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
  return [...ofHeadings, ...matches(text, /^<a id="([\w-]+)"><\/a>$/gm)]
}
