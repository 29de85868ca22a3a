import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import * as z from 'zod'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { AnySystem } from './system.ts'

const functions = z.object({
  Functions: z.array(z.object({ FunctionName: z.string() })),
  NextMarker: z.nullish(z.string()),
})

/** Invokes the deployed function whose name has this in it, and waits for what comes of it. */
export async function invokeFunction(
  system: AnySystem,
  name: string,
  event: object,
): Promise<{ readonly failed: boolean }> {
  const response = await invoke(system, name, event, 'RequestResponse')
  return { failed: response.headers.get('x-amz-function-error') !== null }
}

/** As EventBridge Scheduler does: Lambda accepts the event, and invokes the function from a queue of its own. */
export async function queueEvent(system: AnySystem, name: string, event: object): Promise<void> {
  const { status } = await invoke(system, name, event, 'Event')
  if (status !== 202) throw new Error(`Lambda answered ${status}`)
}

async function invoke(
  system: AnySystem,
  name: string,
  event: object,
  type: 'Event' | 'RequestResponse',
): Promise<Response> {
  const { endpoint } = system.sandbox.aws
  const path = `/2015-03-31/functions/${await functionNamed(endpoint, name)}/invocations`
  const headers = { 'x-amz-invocation-type': type }
  const response = await call(endpoint, { method: 'POST', path, headers, body: JSON.stringify(event) })
  await response.text()
  return response
}

/** A page has 50 functions at most: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
async function functionNamed(endpoint: string, name: string, marker?: string): Promise<string> {
  const query = marker === undefined ? {} : { Marker: marker }
  const listed = await call(endpoint, { method: 'GET', path: '/2015-03-31/functions/', query, headers: {} })
  const { Functions, NextMarker } = functions.parse(await listed.json())
  const observed = Functions.find(({ FunctionName }) => FunctionName.includes(name))
  if (observed) return observed.FunctionName
  if (!NextMarker) throw new Error(`no function is called ${name}`)
  return functionNamed(endpoint, name, NextMarker)
}

interface LambdaCall {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

async function call(endpoint: string, asked: LambdaCall): Promise<Response> {
  const url = new URL(`${asked.path}?${new URLSearchParams(asked.query)}`, endpoint)
  const credentials = rootCredentials
  const signer = new SignatureV4({ service: 'lambda', region: account.region, credentials, sha256: Sha256 })
  const headers = { ...asked.headers, host: url.host }
  const signed = await signer.sign({ ...asked, protocol: 'http:', hostname: url.hostname, headers })
  return fetch(url, { ...asked, headers: signed.headers })
}
