/** Who may do what, as the API says it. A button is shown by it; the API decides about each request anew. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { components, operations } from '../../../cli/api/types.ts'
import { answerOf } from './answer.ts'
import { api } from './client.ts'

export type Access = components['schemas']['Access']

export type ActionName = keyof Access['actions']
export type RoleName = components['schemas']['ActionAccess']['roles'][number]

/** Without a namespace the whole cluster, and without a cluster some of the reader's. */
export type Place = NonNullable<operations['get-access']['parameters']['query']>

/** Grants change with a deployment, which happens seldom while somebody reads. */
const staleTime = 300_000

export function accessQuery(place: Place) {
  return queryOptions({
    queryKey: ['access', place],
    queryFn: () => answerOf(api.GET('/v1/access', { params: { query: place } })),
    staleTime,
  })
}

/** What is known of an action: who may do it when the reader may not. */
export type May = 'not known yet' | 'yes' | { readonly roles: readonly RoleName[] }

/** Whether the reader may do this there. Where the API does not say it, its answer to the action itself will. */
export function useMay(action: ActionName, place: Place): May {
  const { data, isPending } = useQuery(accessQuery(place))
  if (isPending) return 'not known yet'
  const access = data?.actions[action]
  return access === undefined || access.allowed ? 'yes' : { roles: access.roles }
}

/** Where an operation is. A right in one of its namespaces counts; each namespace is checked later. */
export function placeOf(cluster: string | undefined, namespaces: readonly string[] = []): Place {
  const [namespace] = namespaces
  return { ...(cluster !== undefined && { cluster }), ...(namespace !== undefined && { namespace }) }
}
