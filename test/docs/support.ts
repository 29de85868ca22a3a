import { read } from '../../docs/site/repository.ts'

export { pages, read, root } from '../../docs/site/repository.ts'

/** The groups of all matches, each once. */
export function matches(text: string, pattern: RegExp): string[] {
  return [
    ...new Set([...text.matchAll(pattern)].flatMap(([, ...observed]) => observed.filter((one) => one !== undefined))),
  ]
}

/** As GitHub makes them of headings: https://docs.github.com/get-started/writing-on-github (section links) */
export function anchors(page: string): string[] {
  return matches(read(page).replace(/^```.*?^```$/gms, ''), /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}
