import { join } from 'node:path'
import { MemoryCallLog } from '../call-log.ts'
import { MemoryFaults } from '../faults.ts'
import type { Authority } from '../network/authority.ts'
import type { ConnectProxy } from '../network/proxy.ts'
import { type PublicHost, startPublicHost } from '../network/public-host.ts'
import { listener } from './api.ts'
import { BucketStore } from './bucket-store.ts'
import { Buckets } from './buckets.ts'
import { federationApi, impersonationApi, type TrustedAws } from './federation-api.ts'
import { project } from './project.ts'
import { serviceAccountKey } from './service-account-key.ts'
import { storageApi } from './storage-api.ts'
import { tokenApi } from './token-api.ts'
import { Tokens } from './tokens.ts'

/** The Cache-Control header of the published documents, as on real clusters. */
const cacheControl = 'public, max-age=3600'

export interface GoogleOptions {
  readonly authority: Authority
  readonly proxy: ConnectProxy
  /** The folder of the state and the key, which the next start uses. */
  readonly directory: string
}

export type Publish = (bucket: string, name: string, body: string, contentType: string) => Promise<void>

export interface Google {
  /** The key file of {@link project}'s administrator, as JSON. */
  readonly credentials: string
  readonly calls: MemoryCallLog
  readonly faults: MemoryFaults
  /** For tests, which may act as any caller. */
  readonly buckets: Buckets
  readonly tokens: Tokens
  /** From now on, the identities of the AWS at this endpoint get Google tokens without a Google key. */
  trustAws(endpoint: string): void
  /** The TLS host of all names. Tests let it present another chain. */
  readonly host: PublicHost
  putObject: Publish
  /** Returns a function that writes as this service account. The bucket's policy must allow the account to write. */
  publishAs(serviceAccount: string): Publish
  close(): Promise<void>
}

/** Cloud Storage and Google's token endpoints, under their real names behind the proxy. */
export async function startGoogle(options: GoogleOptions): Promise<Google> {
  const { authority, proxy, directory } = options
  const owner = { project: project.id, email: project.administrator }
  const key = await serviceAccountKey(join(directory, 'service-account.json'), owner)
  const calls = new MemoryCallLog()
  const faults = new MemoryFaults()
  const tokens = new Tokens()
  tokens.trust(key)
  const buckets = new Buckets(new BucketStore(join(directory, 'buckets')))
  const aws: TrustedAws = { endpoint: undefined }
  const apis = {
    'storage.googleapis.com': storageApi(buckets, tokens),
    'oauth2.googleapis.com': tokenApi(tokens),
    'www.googleapis.com': tokenApi(tokens),
    'sts.googleapis.com': federationApi(tokens, aws),
    'iamcredentials.googleapis.com': impersonationApi(tokens),
  }
  const host = await startPublicHost({
    authority,
    proxy,
    names: Object.keys(apis),
    handler: listener(apis, { calls, faults }),
  })

  const publishAs =
    (serviceAccount: string): Publish =>
    (bucket, name, body, contentType) =>
      buckets.putObject(serviceAccount, bucket, name, { body: Buffer.from(body), contentType, cacheControl })

  return {
    credentials: JSON.stringify(key),
    calls,
    faults,
    buckets,
    tokens,
    trustAws(endpoint) {
      aws.endpoint = endpoint
    },
    host,
    putObject: publishAs(project.administrator),
    publishAs,
    close: () => host.close(),
  }
}
