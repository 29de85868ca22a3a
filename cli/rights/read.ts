import * as z from 'zod/mini'
import { answerOf } from '../../client/answer.ts'
import type { QueryOf } from '../../client/api.ts'
import type { Context } from '../context.ts'
import { CommandError, WrongUse } from '../errors.ts'
import { type Manifest, manifest } from '../kubernetes/cluster-access.ts'
import type { KubeconfigOptions } from '../kubernetes/own-kubeconfig.ts'
import { chosenRequest, type RequestDocument } from '../request-file/read.ts'
import { sent } from '../request-file/send.ts'

/** The subject of the rights: a recorded cluster, or a request in a file. */
export type RightsSubject = { readonly cluster: string } | { readonly document: RequestDocument }

type RightsQuery = QueryOf<'get-rights'>

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
    'The API has returned rights without a service account. Install wid from the release of the deployment.',
  )
}

/** The options that select the rights and the cluster. */
export interface RightsOptions extends KubeconfigOptions {
  readonly file?: string | undefined
  /**
   * Whether the rights suffice for a teardown. False by default on a management cluster, where these
   * rights delete clusters.
   */
  readonly teardown?: boolean | undefined
  /** Whether the rights name each service account, instead of covering all accounts of the namespaces. */
  readonly namedAccounts?: true | undefined
  readonly management?: true | undefined
  /** Whether rotations renew the token. */
  readonly renew?: true | undefined
  /** Kubernetes version of the cluster: 1.21. */
  readonly kubernetes?: string | undefined
}

export function queryOf(options: RightsOptions): RightsQuery {
  const { teardown, namedAccounts, management, renew, kubernetes } = options
  return {
    ...(teardown !== undefined && { teardown: teardown ? 'true' : 'false' }),
    ...(namedAccounts && { namedAccounts: 'true' }),
    ...(management && { management: 'true' }),
    ...(renew && { renewal: 'true' }),
    ...(kubernetes !== undefined && { kubernetes }),
  }
}

/** @throws {WrongUse} when neither a cluster nor a file names the subject */
export async function subjectOf(cluster: string | undefined, file: string | undefined): Promise<RightsSubject> {
  if (file !== undefined) return { document: await chosenRequest(file, cluster) }
  if (cluster !== undefined) return { cluster }
  throw new WrongUse(
    'Name a cluster, or with -f the file of a request: a cluster has no record before its first setup.',
  )
}

export function clusterOf(subject: RightsSubject): string {
  return 'document' in subject ? subject.document.request.cluster.name : subject.cluster
}
