import { text } from 'node:stream/consumers'
import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import * as z from 'zod/mini'
import type { SetupRequest } from '../../client/api.ts'
import { WrongUse } from '../errors.ts'
import { readText } from './files.ts'

/** One document of a file: a request for a setup, with the positions of its parts. */
export interface RequestDocument {
  /** As given on the command line. "-" is standard input. */
  readonly file: string
  /** 1 for the first document with content. Undefined when the file has only one. */
  readonly number?: number | undefined
  readonly request: SetupRequest
  readonly document: Document
  readonly lines: LineCounter
}

/** The command only checks that the cluster has a name, because the API checks the request and reports each fault. */
export const setupRequest = z.custom<SetupRequest>(
  (value) => z.object({ cluster: z.object({ name: z.string() }) }).safeParse(value).success,
)

/**
 * The requests in a YAML or JSON file (JSON is also YAML). Empty documents are skipped.
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

/** @throws {WrongUse} when the text is not YAML, or a document is not a request */
export function requestsIn(source: string, file: string): RequestDocument[] {
  const lines = new LineCounter()
  const parsedDocuments = [...parseAllDocuments(source, { lineCounter: lines, merge: true })]
  for (const document of parsedDocuments) requireReadable(document, file)
  const documents = parsedDocuments.filter(hasContent)
  return documents.map((document, index) => {
    const place = { file, lines, number: documents.length > 1 ? index + 1 : undefined }
    const [error] = document.errors
    if (error) throw new WrongUse(`${placeOf(place, error.pos[0])}: is not YAML: ${firstLine(error.message)}`)
    const parsed = setupRequest.safeParse(document.toJS())
    if (parsed.success) return { ...place, request: parsed.data, document }
    throw new WrongUse(
      `${placeOf(place, startOf(document))}: is not a request for a setup: it needs cluster.name. "wid init" writes one.`,
    )
  })
}

/** @throws {WrongUse} when an alias or a merge of the document cannot be resolved */
function requireReadable(document: Document, file: string): void {
  if (document.errors.length > 0) return
  try {
    document.toJS()
  } catch (error) {
    throw new WrongUse(`${file}: cannot be read: ${firstLine(error instanceof Error ? error.message : String(error))}`)
  }
}

function hasContent(document: Document): boolean {
  return document.errors.length > 0 || document.toJS() !== null
}

/** The offset of a document's content in its file. */
export function startOf({ contents }: Pick<Document, 'contents'>): number {
  return contents?.range?.[0] ?? 0
}

/** "prod.yaml:3:5", which editors and terminals open. "prod.yaml:3:5: document 2" if the file has several. */
export function placeOf({ file, lines, number }: Pick<RequestDocument, 'file' | 'lines' | 'number'>, offset: number) {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}${number === undefined ? '' : `: document ${number}`}`
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message
}

/**
 * The request for a cluster in a file, or the file's only request.
 *
 * @throws {WrongUse} when the file lacks the request, or has several and no cluster is named
 */
export async function chosenRequest(file: string, cluster: string | undefined): Promise<RequestDocument> {
  const documents = await readRequests(file)
  const [first, ...others] = documents.filter(
    ({ request }) => cluster === undefined || request.cluster.name === cluster,
  )
  if (first && others.length === 0) return first
  const names = documents.map(({ request }) => request.cluster.name).join(', ')
  throw new WrongUse(`${file} has requests for ${names}: name the cluster of one of them.`)
}
