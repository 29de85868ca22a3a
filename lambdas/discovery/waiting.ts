/** The reasons to wait until the keys of a cluster are published, with the manual steps. */
import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { connectionText } from '../clouds/kubernetes/connection-text.ts'
import type { Explanation } from '../errors/step-errors.ts'
import { cacheSeconds } from './documents.ts'

export function waitForCredentials(cluster: Pick<ClusterTarget, 'name' | 'credentialsSecretArn'>): string {
  return connectionText(cluster).supply
}

/** CloudFront, or a cache before it, may still have the previous documents. */
export function waitForCaches(url: string): string {
  return `${url}: a cache still serves the previous keys, for at most ${cacheSeconds / 60} minutes`
}

/** Returns the reason to wait for the end of a problem. The problem ends by itself, or a person solves it. */
export function reasonToWait({ object, reason }: Explanation): string {
  return `${object}: ${reason}`
}
