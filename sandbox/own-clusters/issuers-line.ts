import type { Deployment } from '../aws/deploy.ts'

/** The shell command that restarts the API server of a cluster of the sandbox with these issuers. */
export function issuersLine(cluster: string, issuers: readonly string[]): string {
  return `npm run sandbox -- issuers ${[cluster, ...issuers].join(' ')}`
}

/** The issuer at which the deployment publishes the keys of the cluster. */
export function hostedIssuer({ outputs }: Pick<Deployment, 'outputs'>, cluster: string): string {
  return `https://${outputs.IssuerHost}/${cluster}`
}
