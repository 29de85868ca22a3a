import { readFileSync } from 'node:fs'

const page = readFileSync(new URL('../../../docs/getting-started.md', import.meta.url), 'utf8')
const [, shown = ''] = /<!-- transcript -->\n\n```\n\$ npm start\n(.*?)```/s.exec(page) ?? []
/** Where the sandbox begins to explain itself. */
export const explanation = /^(?=Portal )/m

const [run = '', explained = ''] = shown.split(explanation)

/** What the documentation shows of `npm start`: the run of the example, and how the sandbox explains itself after it. */
export const transcript = { run, explained } as const

/** How far the deployment is, on a slow machine. */
const progressLine = /^ +\d+ s {2}.*\n/gm

/**
 * What every run prints alike, by step: steps of different branches end in any order, and it depends on the machine what is
 * waited for, and which events are seen before that. Times, ports, keys and the width of the terminal do not count.
 */
export function comparable(printed: string): string[] {
  return printed
    .replace(progressLine, '')
    .replace(/\d+\.\d s/g, 'N s')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/gke-issuer-[0-9a-f]+/g, 'gke-issuer-ID')
    .replace(/\b[0-9a-f]{40}\b/g, 'THUMBPRINT')
    .replace(/\s+/g, ' ')
    .replace(/ (?:…|event) .*?(?= ✔)/g, '')
    .split(/ (?=✔)/)
    .map((part) => part.trim())
    .toSorted()
}
