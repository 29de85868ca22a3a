import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { account, rootCredentials } from '../account.ts'

export interface SignedRequest {
  readonly service: string
  readonly method: string
  readonly url: URL
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Default: the credentials of the root user of the sandbox's main account. */
  readonly credentials?: Readonly<Record<'accessKeyId' | 'secretAccessKey', string>>
}

/** Sends a request, signed by a root user, to a service for which this project has no SDK client. */
export async function sendSigned(request: SignedRequest): Promise<Response> {
  const { service, method, url, query = {}, headers, body, credentials = rootCredentials } = request
  const signer = new SignatureV4({
    service,
    region: account.region,
    credentials,
    sha256: Sha256,
    // Only S3 signs the path without encoding it again:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    uriEscapePath: service !== 's3',
  })
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query,
    headers: { ...headers, host: url.host },
    body,
  })
  const target = new URL(url)
  target.search = new URLSearchParams(query).toString()
  return fetch(target, { method, headers: signed.headers, ...(body !== undefined && { body }) })
}
