import * as z from 'zod/mini'
import { answerOf } from '../../client/answer.ts'
import type { QueryOf } from '../../client/api.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { type Manifest, manifest } from '../kubernetes/cluster-access.ts'
import type { RequestDocument } from '../request-file/read.ts'
import { sent } from '../request-file/send.ts'

/** The subject of the rights: a recorded cluster, or a request in a file. */
export type RightsSubject = { readonly cluster: string } | { readonly document: RequestDocument }

export type RightsQuery = QueryOf<'get-rights'>

/** The manifests from the API: YAML with comments, or a List in JSON. */
export function rightsText({ api }: Context, subject: RightsSubject, query: RightsQuery): Promise<string> {
  if ('document' in subject) {
    const { document } = subject
    return sent(document, () => api.POST('/v1/rights', { body: document.request, params: { query }, parseAs: 'text' }))
  }
  const params = { path: { cluster: subject.cluster }, query }
  return answerOf(api.GET('/v1/clusters/{cluster}/rights', { params, parseAs: 'text' }))
}

const list = z.object({ items: z.array(manifest) })

/** The manifests as objects, in apply order. */
export async function rightsObjects(
  context: Context,
  subject: RightsSubject,
  query: RightsQuery,
): Promise<readonly Manifest[]> {
  return list.parse(JSON.parse(await rightsText(context, subject, { ...query, format: 'json' }))).items
}

/** The service account that gets the rights, and whose token is in the secret. */
export function accountIn(objects: readonly Manifest[]): Manifest {
  const account = objects.find(({ kind }) => kind === 'ServiceAccount')
  if (account) return account
  throw new CommandError(
    'The API has given rights without a service account: it is of another version than this command.',
  )
}
