/** The API's answer about who may do what. It only controls buttons: the API authorizes each request again. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Access, QueryOf, Schemas } from '../../../client/api.ts'
import { readAccess } from '../../../client/reads.ts'
import { api } from './client.ts'

export type ActionName = keyof Access['actions']
export type RoleName = Schemas['ActionAccess']['roles'][number]

/** The scope of a right: a namespace, or an entire cluster. Without a cluster, it is any of the user's clusters. */
export type Scope = QueryOf<'get-access'>

/** Grants change only with a deployment, which rarely happens while a user reads. */
const staleTime = 300_000

export function accessQuery(scope: Scope) {
  return queryOptions({
    queryKey: ['access', scope],
    queryFn: () => readAccess(api, scope),
    staleTime,
  })
}

/** The user's right to an action. If the user lacks it, the roles that have it. */
export type May = 'not known yet' | 'yes' | { readonly roles: readonly RoleName[] }

/** Whether the user may do the action in the scope. If the API does not report this, returns `yes`. */
export function useMay(action: ActionName, scope: Scope): May {
  const { data, isPending } = useQuery(accessQuery(scope))
  if (isPending) return 'not known yet'
  const access = data?.actions[action]
  return access === undefined || access.allowed ? 'yes' : { roles: access.roles }
}

/**
 * The scope of an operation, with its first namespace only. That is enough to enable a button, because the API checks
 * each namespace.
 */
export function scopeOf(cluster: string | undefined, namespaces: readonly string[] = []): Scope {
  const [namespace] = namespaces
  return { ...(cluster !== undefined && { cluster }), ...(namespace !== undefined && { namespace }) }
}
