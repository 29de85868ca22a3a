import type { Deployment } from '../aws/deploy.ts'

/** The line for a shell that restarts the API server of a cluster of the sandbox with these issuers, the first for new tokens. */
export function issuersLine(cluster: string, issuers: readonly string[]): string {
  return `npm run sandbox -- issuers ${[cluster, ...issuers].join(' ')}`
}

/** The one at which the deployment publishes the keys of the cluster. */
export function hostedIssuer({ outputs }: Pick<Deployment, 'outputs'>, cluster: string): string {
  return `https://${outputs.IssuerHost}/${cluster}`
}
