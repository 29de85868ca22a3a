/**
 * Decides whether to publish the keys of an API server. Without this check, an attacker who replaces the credentials in
 * a cluster's secret could publish other keys at the cluster's issuer, and create tokens of all its workloads.
 */
import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import { connectionText } from '../clouds/kubernetes/connection-text.ts'
import type { KeyRef } from '../operations/record/record.ts'
import { isAmong, type Thumbprinted, without } from '../ownership/keys.ts'
import { installCommand, type Task } from '../report/waiting.ts'

/** The key that signed a token of the API server, and the recorded keys. */
export interface Signing {
  /** Undefined when none of the API server's published keys signed the token. */
  readonly key: KeyRef | undefined
  readonly trusted: readonly Thumbprinted[]
  readonly revoked: readonly Thumbprinted[]
}

/** The reason why nothing new is published, and the keys that an administrator may accept. */
export interface Doubt {
  readonly reason: string
  readonly keys: readonly KeyRef[]
}

type Cluster = Pick<ClusterTarget, 'name' | 'credentialsSecretArn'>

/** Returns undefined when the signing key is trusted, because it then vouches for all keys of the API server. */
export function doubtOf(cluster: Cluster, { key, trusted, revoked }: Signing): Doubt | undefined {
  if (key && isAmong(without(trusted, revoked), key)) return undefined
  const nothing = 'nothing new is published'
  const { name } = cluster
  const elsewhere = `${connectionText(cluster).correct}, if the connection leads to another cluster`
  if (!key) {
    return {
      reason: `the token of cluster ${name} is signed by none of the keys that its API server publishes, so ${nothing}: ${elsewhere}`,
      keys: [],
    }
  }
  if (isAmong(revoked, key)) {
    const signs = `cluster ${name} signs with key ${key.kid}, which is revoked, so ${nothing}`
    return { reason: `${signs}: let its API servers sign with another key; or ${elsewhere}`, keys: [] }
  }
  const signs = `cluster ${name} signs with key ${key.kid}, and no published key vouches for it, so ${nothing}`
  const accept = `let an administrator accept it: POST /v1/clusters/${name}/signing-keys/${encodeURIComponent(key.kid)}/accept with {"thumbprint": "${key.thumbprint}"}`
  return {
    reason: `${signs}: let its API servers sign with a published key; or ${accept}; or ${elsewhere}`,
    keys: [key],
  }
}

/** Returns the manual steps for a key that no published key vouches for, or undefined if no key can be accepted. */
export function taskOfDoubt({ name, credentialsSecretArn }: Cluster, { keys: [key] }: Doubt): Task | undefined {
  if (!key) return undefined
  const isByAgent = credentialsSecretArn === undefined
  return {
    title: `Accept the signing key, or ${isByAgent ? 'install the agent in' : 'store the credentials of'} the right cluster`,
    commands: [
      {
        purpose: 'If it is a key of this cluster, an administrator accepts it',
        command: `wid accept-key ${name} -- ${quoted(key.kid)}`,
      },
      isByAgent
        ? {
            purpose: 'If the agent runs in another cluster, install the agent in this cluster',
            command: installCommand(`wid enroll ${name} --renew`),
          }
        : {
            purpose: 'If the credentials lead to another cluster, store those of this cluster',
            command: `wid connect ${name}`,
          },
    ],
    link: 'docs/issuer.md#accept-a-key',
  }
}

/** The API server chooses the ID, so it is quoted as one word for a shell. */
function quoted(kid: string): string {
  return `'${kid.replaceAll("'", String.raw`'\''`)}'`
}
