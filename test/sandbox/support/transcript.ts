import { readFileSync } from 'node:fs'

const page = readFileSync(new URL('../../../docs/getting-started.md', import.meta.url), 'utf8')
const [, shown = ''] = /<!-- transcript -->\n\n```\n\$ npm start\n(.*?)```/s.exec(page) ?? []
/** The position at which the explanations begin. */
export const explanation = /^(?=Portal )/m

const [run = '', explained = ''] = shown.split(explanation)

/** The output of `npm start` in the documentation: the run of the example, and the explanations after it. */
export const transcript = { run, explained } as const

/** The progress of the deployment, which only a slow machine prints. */
const progressLine = /^ +\d+ s {2}.*\n/gm

/**
 * The output that all runs have in common, by step. Steps of different branches end in any order, and waits and events
 * depend on the speed of the machine. Times, ports, keys and the width of the terminal are ignored.
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
