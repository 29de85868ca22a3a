import { placeOf, type RequestDocument, startOf } from './read.ts'

/**
 * Errors for several documents of one cluster. If they were sent in parallel, the API would reject all but one. If they
 * were sent one after the other, it would merge their workloads.
 */
export function duplicateClusterErrors(documents: readonly RequestDocument[]): string[] {
  const byCluster = Map.groupBy(documents, ({ request }) => request.cluster.name)
  return [...byCluster].flatMap(([cluster, [first, ...others]]) =>
    first === undefined ? [] : others.map((other) => duplicateClusterError(cluster, first, other)),
  )
}

function duplicateClusterError(cluster: string, first: RequestDocument, other: RequestDocument): string {
  const [one, second] = [first, other].map((document) => placeOf(document, startOf(document.document)))
  return `${second}: is a second request for the cluster ${cluster}; the first is at ${one}. Combine them into one request.`
}
