import { RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { CommandError, Refused, WrongUse } from '../errors.ts'
import { filesAt } from './files.ts'
import { type RequestDocument, readRequests } from './read.ts'
import { duplicateClusterErrors } from './same-cluster.ts'
import { sent } from './send.ts'

/**
 * The requests of all files and folders, in order. If there are several, the API validates all of them before the
 * command sends the first: otherwise a mistake in the last request would leave the command half done.
 *
 * @throws {WrongUse} with all files that are unreadable, not YAML or without a request, and all clusters with two
 *   requests
 * @throws {Refused} with every request that the API finds invalid
 */
export async function validRequests(context: Context, paths: readonly string[]): Promise<RequestDocument[]> {
  const documents = await readAll(paths)
  const twice = duplicateClusterErrors(documents)
  if (twice.length > 0) throw new WrongUse(linesOf(twice))
  if (documents.length === 1) return documents
  const mistakes: string[] = []
  // Sequential, because the API accepts about fifty requests per second from all callers together.
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

/** The requests of each file at a path, or the error. */
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

/** The faults that the API finds in a request. The route for rights validates a request, and starts nothing. */
async function mistakesIn({ api }: Context, document: RequestDocument): Promise<string[]> {
  const options = { params: { query: { format: 'json' as const } }, body: document.request }
  try {
    await sent(document, () => api.POST('/v1/rights', options))
    return []
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error
    // A rejection without issues depends on the caller or the cluster's current state. The plan or setup reports it.
    return error.problem.issues ? [error.message] : []
  }
}
