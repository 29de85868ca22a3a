/**
 * Decides whether what an API server shows of its keys is published. Whoever has put other credentials into the secret of a
 * cluster could have keys of theirs published at its issuer otherwise, and make tokens of all its workloads.
 */
import type { KeyRef } from '../operations/record/record.ts'
import { isAmong, type Thumbprinted, without } from '../ownership/keys.ts'
import { type Task, taskOfCredentials } from '../report/waiting.ts'

/** The key that has signed a token of the API server, and what the record has of it. */
export interface Signing {
  /** Undefined when none of the keys that the API server shows has signed the token. */
  readonly key: KeyRef | undefined
  readonly trusted: readonly Thumbprinted[]
  readonly revoked: readonly Thumbprinted[]
}

/** Why nothing new is published, and which key an administrator may accept. */
export interface Doubt {
  readonly reason: string
  readonly keys: readonly KeyRef[]
}

interface Cluster {
  readonly name: string
  readonly credentialsSecretArn: string
}

/** Undefined when the key that signs is trusted: it vouches for all that the API server shows. */
export function doubtOf(
  { name, credentialsSecretArn }: Cluster,
  { key, trusted, revoked }: Signing,
): Doubt | undefined {
  if (key && isAmong(without(trusted, revoked), key)) return undefined
  const nothing = 'nothing new is published'
  const elsewhere = `put the credentials of cluster ${name} into secret ${credentialsSecretArn}, if they lead elsewhere`
  if (!key) {
    return {
      reason: `no key that the API server of cluster ${name} shows has signed its token, so ${nothing}: ${elsewhere}`,
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

/** What an administrator does about a key that no published one vouches for. Undefined where there is none to accept. */
export function taskOfDoubt(cluster: string, { keys: [key] }: Doubt): Task | undefined {
  if (!key) return undefined
  return {
    title: 'Accept the signing key, or store the credentials of the right cluster',
    commands: [
      {
        purpose: 'If it is a key of this cluster, an administrator accepts it',
        command: `wid accept-key ${cluster} -- ${quoted(key.kid)}`,
      },
      ...taskOfCredentials(cluster).commands.map(({ command }) => ({
        purpose: 'If the credentials lead to another cluster, store those of this one',
        command,
      })),
    ],
    link: 'docs/public-issuer.md#accept-a-key',
  }
}

/** The API server chooses the ID: a shell takes it as one word, whatever is in it. */
function quoted(kid: string): string {
  return `'${kid.replaceAll("'", String.raw`'\''`)}'`
}
