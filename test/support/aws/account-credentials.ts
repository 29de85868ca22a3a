import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import { parse, stringify } from 'yaml'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { asString, at } from '../../../sandbox/kubernetes/objects/objects.ts'

const daySeconds = 86_400

export interface AccountCredentialsOptions {
  readonly namespace?: string
  readonly account: string
  /** The lifetime of the token in days. */
  readonly days: number
  /** The days until the token expires. */
  readonly left: number
  readonly isMarked: boolean
}

/** A kubeconfig with a token of an existing service account, as `wid connect` stores it, that was created some time ago. */
export async function accountCredentials(
  cluster: Cluster,
  { namespace = 'workload-identity-setup', account, days, left, isMarked }: AccountCredentialsOptions,
): Promise<{ readonly kubeconfig: string; readonly token: string }> {
  const end = Math.round(Date.now() / 1000 + left * daySeconds)
  const { signer, store } = cluster
  const uid = asString(at(store.get('ServiceAccount', account, namespace), 'metadata', 'uid'))
  const token = await new SignJWT({ 'kubernetes.io': { namespace, serviceaccount: { name: account, uid } } })
    .setProtectedHeader({ alg: 'RS256', kid: signer.keyId })
    .setIssuer(signer.issuer)
    .setAudience([...signer.issuers])
    .setSubject(`system:serviceaccount:${namespace}:${account}`)
    .setIssuedAt(end - days * daySeconds)
    .setExpirationTime(end)
    .sign(createPrivateKey(signer.export().signingKey))
  const kubeconfig = parse(cluster.kubeconfig())
  const extensions = [{ name: 'workload-identity/renewal', extension: {} }]
  kubeconfig.users[0].user = { token, ...(isMarked && { extensions }) }
  return { kubeconfig: stringify(kubeconfig), token }
}
