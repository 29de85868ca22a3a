import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { account } from '../../../sandbox/account.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A request to an AWS service. */
export interface Call {
  /** The service in the signature: "iam", "states". */
  readonly service: string
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request of the query protocol: IAM, STS, SNS. */
export function form(service: string, parameters: Readonly<Record<string, string>>): Call {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { service, headers, body: new URLSearchParams(parameters).toString() }
}

/** A request of a JSON protocol. `target` is as in "AWSStepFunctions.StartExecution". */
export function json(service: string, target: string, parameters: object): Call {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target }
  return { service, headers, body: JSON.stringify(parameters) }
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Signs and sends a call. */
export async function send(endpoint: string, credentials: Credentials, call: Call): Promise<Answer> {
  const url = new URL(call.path ?? '/', endpoint)
  const { service, body } = call
  const signer = new SignatureV4({ service, region: account.region, credentials, sha256: Sha256 })
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    path: url.pathname,
    headers: { ...call.headers, host: url.host },
    body,
  })
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body })
  return { status: response.status, text: await response.text() }
}
