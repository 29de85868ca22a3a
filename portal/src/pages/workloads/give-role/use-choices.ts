import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { isPattern, matches } from '../../../../../cli/api/policy.ts'
import { accessQuery, placeOf } from '../../../api/access.ts'
import { clusterQuery } from '../../../api/queries.ts'
import type { Givable } from './policy.ts'

/** What the reader may choose from there. */
export interface Choices {
  readonly namespaces: readonly string[]
  /** Whether no grant of the reader's is for the place. */
  readonly isRefused: boolean
  readonly givable: Givable
}

/** @param cluster empty as long as none is chosen @param namespace empty as long as none is entered */
export function useChoices(cluster: string, namespace: string): Choices {
  const place = placeOf(cluster || undefined, namespace === '' ? [] : [namespace])
  // Until the API has said it of this place, what it has said of the one before is shown.
  const { data: access } = useQuery({ ...accessQuery(place), placeholderData: keepPreviousData })
  const { data: recorded } = useQuery({ ...clusterQuery(cluster), enabled: cluster !== '', refetchInterval: false })
  const { policyArns = [], caller, actions } = access ?? {}
  const grants = caller?.grants.filter(({ clusters }) => clusters.some((each) => isFor(each, cluster))) ?? []
  const status = recorded?.status
  return {
    namespaces: [...new Set(grants.flatMap(({ namespaces }) => namespaces))].filter((name) => !isPattern(name)),
    isRefused: actions?.['add-workload'].allowed === false,
    givable: {
      patterns: policyArns,
      inUse: status?.workloads.flatMap(({ role }) => role?.policyArns ?? []) ?? [],
      // The roles are in the account of the provider.
      accountId: status?.providerArn?.split(':')[4],
    },
  }
}

/** A grant for some clusters may be meant as long as none is chosen. */
function isFor(pattern: string, cluster: string): boolean {
  return cluster === '' || matches(pattern, cluster)
}
