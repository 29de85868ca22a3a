import { read } from '../../docs/site/repository.ts'

export { pages, read, root } from '../../docs/site/repository.ts'

/** The distinct groups of all matches. */
export function matches(text: string, pattern: RegExp): string[] {
  return [
    ...new Set([...text.matchAll(pattern)].flatMap(([, ...observed]) => observed.filter((one) => one !== undefined))),
  ]
}

/**
 * The anchors of headings, as on GitHub: https://docs.github.com/get-started/writing-on-github (section links). A translated page
 * has elements with the anchors of the English headings.
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
