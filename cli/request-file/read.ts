import { text } from 'node:stream/consumers'
import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import * as z from 'zod/mini'
import type { components } from '../api/types.ts'
import { WrongUse } from '../errors.ts'
import { readText } from '../read-text.ts'

/** One document of a file: a request for a setup, and where its parts are. */
export interface RequestDocument {
  /** As it was given; "-" is standard input. */
  readonly file: string
  /** 1 for the first document of the file that has content; undefined for an only one. */
  readonly number?: number | undefined
  readonly request: SetupRequest
  readonly document: Document
  readonly lines: LineCounter
}

export type SetupRequest = components['schemas']['SetupRequest']

/** The API checks a request and names each fault in it. Here it only has to be for a cluster with a name. */
export const setupRequest = z.custom<SetupRequest>(
  (value) => z.object({ cluster: z.object({ name: z.string() }) }).safeParse(value).success,
)

/**
 * The requests in a file of YAML or JSON, which is YAML too. Documents without content are left out.
 *
 * @param file path, or "-" for standard input
 * @throws {WrongUse} when the file cannot be read, is not YAML, or has no request
 */
export async function readRequests(file: string): Promise<RequestDocument[]> {
  const source = file === '-' ? await text(process.stdin) : await readText(file)
  const found = requestsIn(source, file)
  if (found.length > 0) return found
  throw new WrongUse(`${file} has no request. "wid init" writes one.`)
}

/** @throws {WrongUse} when the text is not YAML, or a document is no request */
export function requestsIn(source: string, file: string): RequestDocument[] {
  const lines = new LineCounter()
  const documents = [...parseAllDocuments(source, { lineCounter: lines, merge: true })].filter(hasContent)
  return documents.map((document, index) => {
    const place = { file, lines, number: documents.length > 1 ? index + 1 : undefined }
    const [error] = document.errors
    if (error) throw new WrongUse(`${placeOf(place, error.pos[0])}: is not YAML: ${firstLine(error.message)}`)
    const parsed = setupRequest.safeParse(document.toJS())
    if (parsed.success) return { ...place, request: parsed.data, document }
    throw new WrongUse(
      `${placeOf(place, startOf(document))}: is no request for a setup: it needs cluster.name. "wid init" writes one.`,
    )
  })
}

function hasContent(document: Document): boolean {
  return document.errors.length > 0 || document.toJS() !== null
}

/** Where the content of a document begins in its file. */
export function startOf({ contents }: Pick<Document, 'contents'>): number {
  return contents?.range?.[0] ?? 0
}

/** "prod.yaml:3:5", which editors and terminals open; "prod.yaml:3:5: document 2" in a file that has several. */
export function placeOf({ file, lines, number }: Pick<RequestDocument, 'file' | 'lines' | 'number'>, offset: number) {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}${number === undefined ? '' : `: document ${number}`}`
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message
}
