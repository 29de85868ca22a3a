import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { account, rootCredentials } from '../../../../sandbox/account.ts'

export interface Invocation {
  readonly payload: unknown
  /** 'Unhandled' when the function failed; the payload is then the error. */
  readonly functionError: string | undefined
}

/** Invokes the fixture's function as Lambda's API does. */
export async function invoke(aws: { endpoint: string }, event: unknown): Promise<Invocation> {
  const url = new URL('/2015-03-31/functions/tricks/invocations', aws.endpoint)
  const credentials = rootCredentials
  const signer = new SignatureV4({ service: 'lambda', region: account.region, credentials, sha256: Sha256 })
  const body = JSON.stringify(event)
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host },
    body,
  })
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body })
  const text = await response.text()
  return {
    payload: text === '' ? undefined : JSON.parse(text),
    functionError: response.headers.get('x-amz-function-error') ?? undefined,
  }
}
