/** The reasons to wait until the keys of a cluster are published, with the manual steps. */
import type { Explanation } from '../errors/step-errors.ts'
import { cacheSeconds } from './documents.ts'

export function waitForCredentials({
  name,
  credentialsSecretArn,
}: {
  readonly name: string
  readonly credentialsSecretArn: string
}): string {
  return `put the kubeconfig of cluster ${name} into secret ${credentialsSecretArn}`
}

/** CloudFront, or a cache before it, may still have the previous documents. */
export function waitForCaches(url: string): string {
  return `${url}: a cache still serves the previous keys, for at most ${cacheSeconds / 60} minutes`
}

/** Returns the reason to wait for the end of a problem. The problem ends by itself, or a person solves it. */
export function reasonToWait({ object, reason }: Explanation): string {
  return `${object}: ${reason}`
}
