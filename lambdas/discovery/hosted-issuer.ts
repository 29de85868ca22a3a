import { InvalidStepInput } from '../errors/step-errors.ts'

/** The issuer of a cluster at a host of the deployment's. */
export function hostedIssuer(host: string, cluster: string): string {
  return `https://${host}/${cluster}`
}

/**
 * The documents are written into the folder of the cluster whose lock is held, whatever the input says.
 *
 * @throws {InvalidStepInput} when the issuer is that of another cluster
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
