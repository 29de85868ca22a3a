import { placeOf, type RequestDocument, startOf } from './read.ts'

/** Errors for two documents of one cluster. In parallel, the API would reject one. In sequence, it would merge both. */
export function sameClusters(documents: readonly RequestDocument[]): string[] {
  const byCluster = Map.groupBy(documents, ({ request }) => request.cluster.name)
  return [...byCluster].flatMap(([cluster, [first, ...others]]) =>
    first === undefined ? [] : others.map((other) => sameCluster(cluster, first, other)),
  )
}

function sameCluster(cluster: string, first: RequestDocument, other: RequestDocument): string {
  const [one, second] = [first, other].map((document) => placeOf(document, startOf(document.document)))
  return `${second}: is a second request for the cluster ${cluster}, which is also at ${one}. Make one request of both.`
}
