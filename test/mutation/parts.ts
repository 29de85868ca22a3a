import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { Tried } from './tried.ts'

/** A stored mistake that no test has noticed. Whether it is harmless is decided when the page is written. */
const missedMistake = z.object({ name: z.string(), file: z.string(), find: z.string(), put: z.string() })

/** A list of mistakes, or the rules of one folder. A part is run and stored at once. */
const part = z.object({
  list: z.string(),
  /** `steps`, or `rules of lambdas/proof`. */
  name: z.string(),
  /** A date such as 2026-11-27. */
  triedOn: z.string(),
  caught: z.number(),
  missed: z.array(missedMistake),
})

export type MissedMistake = z.output<typeof missedMistake>
export type Part = z.output<typeof part>

/** The stored results of all parts. */
export function readParts(file: string): Part[] {
  return existsSync(file) ? z.array(part).parse(JSON.parse(readFileSync(file, 'utf8'))) : []
}

export function writeParts(file: string, parts: readonly Part[]): void {
  writeFileSync(file, `${JSON.stringify(parts, undefined, 2)}\n`)
}

/** The result of a part. */
export function partOf(list: string, name: string, tried: readonly Tried[], now: Date): Part {
  const missed = tried.filter(({ outcome }) => outcome === 'missed')
  return {
    list,
    name,
    triedOn: now.toISOString().slice(0, 10),
    caught: tried.length - missed.length,
    missed: missed.map(({ mistake: { name, file, find, put } }) => ({ name, file, find, put })),
  }
}

/** Replaces the part of the same name, or adds the part, and removes parts that no longer exist. */
export function withPart(parts: readonly Part[], tried: Part, names: readonly string[]): Part[] {
  const others = parts.filter(({ name }) => name !== tried.name && names.includes(name))
  return [...others, tried].toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
}
