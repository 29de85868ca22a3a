import { RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { CommandError, Refused, WrongUse } from '../errors.ts'
import { type RequestDocument, readRequests } from './read.ts'
import { sent } from './send.ts'

/**
 * The requests of all files, in their order. Several are validated before the first is sent, so that a mistake in the last one
 * leaves none of them half done.
 *
 * @throws {WrongUse} with every file that cannot be read, is not YAML, or has no request
 * @throws {Refused} with every request that the API finds not valid
 */
export async function validRequests(context: Context, files: readonly string[]): Promise<RequestDocument[]> {
  const read: (RequestDocument[] | string)[] = []
  // One after the other: standard input can be read once.
  for (const file of files) read.push(await readRequests(file).catch(messageOf))
  const unreadable = read.filter((one) => typeof one === 'string')
  if (unreadable.length > 0) throw new WrongUse(linesOf(unreadable))
  const documents = read.flatMap((one) => (typeof one === 'string' ? [] : one))
  if (documents.length === 1) return documents
  const mistakes: string[] = []
  // One after the other: the API takes some fifty requests a second of all callers.
  for (const document of documents) mistakes.push(...(await mistakesIn(context, document)))
  if (mistakes.length > 0) throw new Refused(linesOf(mistakes))
  return documents
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
