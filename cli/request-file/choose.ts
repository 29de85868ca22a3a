import { WrongUse } from '../errors.ts'
import { type RequestDocument, readRequests } from './read.ts'

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
