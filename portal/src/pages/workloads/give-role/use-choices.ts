import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { isPattern, matches } from '../../../../../client/policy.ts'
import { accessQuery, scopeOf } from '../../../api/access.ts'
import { clusterQuery } from '../../../api/queries.ts'
import type { Givable } from './policy.ts'

/** The user's choices in a scope. */
export interface Choices {
  readonly namespaces: readonly string[]
  /** Whether the API has responded that the user may not add workloads in the scope. */
  readonly mayNotAdd: boolean
  readonly givable: Givable
}

/** @param cluster empty until the user selects a cluster @param namespace empty until the user enters a namespace */
export function useChoices(cluster: string, namespace: string): Choices {
  const scope = scopeOf(cluster || undefined, namespace === '' ? [] : [namespace])
  // Shows the previous scope's data until the API has responded for the new scope.
  const { data: access } = useQuery({ ...accessQuery(scope), placeholderData: keepPreviousData })
  const { data: recorded } = useQuery({ ...clusterQuery(cluster), enabled: cluster !== '', refetchInterval: false })
  const { policyArns = [], caller, actions } = access ?? {}
  const grants = caller?.grants.filter(({ clusters }) => clusters.some((each) => isFor(each, cluster))) ?? []
  const status = recorded?.status
  return {
    namespaces: [...new Set(grants.flatMap(({ namespaces }) => namespaces))].filter((name) => !isPattern(name)),
    mayNotAdd: actions?.['add-workload'].allowed === false,
    givable: {
      patterns: policyArns,
      inUse: status?.workloads.flatMap(({ role }) => role?.policyArns ?? []) ?? [],
      // The roles are in the provider's account.
      accountId: status?.providerArn?.split(':')[4],
    },
  }
}

/** Until a cluster is selected, every grant may apply. */
function isFor(pattern: string, cluster: string): boolean {
  return cluster === '' || matches(pattern, cluster)
}
