import { InvalidStepInput } from '../errors/step-errors.ts'

/** The issuer URL of a cluster at a host of the deployment. */
export function hostedIssuer(host: string, cluster: string): string {
  return `https://${host}/${cluster}`
}

/**
 * Requires that the issuer belongs to the cluster of the operation, so that no step writes into the folder of another
 * cluster.
 *
 * @throws {InvalidStepInput} when the issuer belongs to another cluster
 */
export function requireOwnPath(issuerUrl: string, cluster: string): void {
  const url = URL.parse(issuerUrl)
  if (url?.host !== undefined && issuerUrl === hostedIssuer(url.host, cluster)) return
  throw new InvalidStepInput({
    object: `cluster ${cluster}`,
    reason: 'the issuer in the input of the step is not the one that the deployment hosts for this cluster',
    action: 'Send the request again',
  })
}
