import { RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { CommandError, Refused, WrongUse } from '../errors.ts'
import { filesAt } from './files.ts'
import { type RequestDocument, readRequests } from './read.ts'
import { sameClusters } from './same-cluster.ts'
import { sent } from './send.ts'

/**
 * The requests of all files and folders, in their order. Several are validated before the first is sent, so that a mistake in the
 * last one leaves none of them half done.
 *
 * @throws {WrongUse} with every file that cannot be read, is not YAML, or has no request, and every cluster that has two
 * @throws {Refused} with every request that the API finds not valid
 */
export async function validRequests(context: Context, paths: readonly string[]): Promise<RequestDocument[]> {
  const documents = await readAll(paths)
  const twice = sameClusters(documents)
  if (twice.length > 0) throw new WrongUse(linesOf(twice))
  if (documents.length === 1) return documents
  const mistakes: string[] = []
  // One after the other: the API takes some fifty requests a second of all callers.
  for (const document of documents) mistakes.push(...(await mistakesIn(context, document)))
  if (mistakes.length > 0) throw new Refused(linesOf(mistakes))
  return documents
}

async function readAll(paths: readonly string[]): Promise<RequestDocument[]> {
  if (paths.indexOf('-') !== paths.lastIndexOf('-'))
    throw new WrongUse('Standard input can be read once: give "-" once.')
  const read = (await Promise.all(paths.map(readPath))).flat()
  const unreadable = read.filter((one) => typeof one === 'string')
  if (unreadable.length > 0) throw new WrongUse(linesOf(unreadable))
  return read.flatMap((one) => (typeof one === 'string' ? [] : one))
}

/** The requests of each file at a path, or why there are none. */
async function readPath(given: string): Promise<(RequestDocument[] | string)[]> {
  const files = await filesAt(given).catch(messageOf)
  if (typeof files === 'string') return [files]
  return Promise.all(files.map((file) => readRequests(file).catch(messageOf)))
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message
  throw error
}

function linesOf(messages: readonly string[]): string[] {
  return messages.flatMap((message) => message.split('\n'))
}

/** What the API says of a request that is not valid. The rights are computed of valid requests alone, and start nothing. */
async function mistakesIn({ api }: Context, document: RequestDocument): Promise<string[]> {
  const options = { params: { query: { format: 'json' as const } }, body: document.request }
  try {
    await sent(document, () => api.POST('/v1/rights', options))
    return []
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error
    // Whether the caller may set the cluster up, and what it is at this moment, is for the request itself.
    return error.problem.issues ? [error.message] : []
  }
}
