import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { account, rootCredentials } from '../account.ts'

export interface SignedRequest {
  /** The name that the signature is for: `s3`. */
  readonly service: string
  readonly method: string
  /** Without a query. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request that the root user has signed, to what this project has no SDK client for. */
export async function sendSigned({ service, method, url, headers, body }: SignedRequest): Promise<Response> {
  const signer = new SignatureV4({ service, region: account.region, credentials: rootCredentials, sha256: Sha256 })
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { ...headers, host: url.host },
    body,
  })
  return fetch(url, { method, headers: signed.headers, ...(body !== undefined && { body }) })
}
