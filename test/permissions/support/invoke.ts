import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import * as z from 'zod'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { System } from '../../e2e/support/system.ts'

const functions = z.object({ Functions: z.array(z.object({ FunctionName: z.string() })) })

/** Invokes the deployed function whose name has this in it, as EventBridge Scheduler does. */
export async function invokeFunction(
  system: System,
  name: string,
  event: object,
): Promise<{ readonly failed: boolean }> {
  const { endpoint } = system.sandbox.aws
  const listed = await call(endpoint, 'GET', '/2015-03-31/functions/')
  const found = functions.parse(await listed.json()).Functions.find(({ FunctionName }) => FunctionName.includes(name))
  if (!found) throw new Error(`no function is called ${name}`)
  const path = `/2015-03-31/functions/${found.FunctionName}/invocations`
  const response = await call(endpoint, 'POST', path, JSON.stringify(event))
  await response.text()
  return { failed: response.headers.get('x-amz-function-error') !== null }
}

async function call(endpoint: string, method: string, path: string, body?: string): Promise<Response> {
  const url = new URL(path, endpoint)
  const credentials = rootCredentials
  const signer = new SignatureV4({ service: 'lambda', region: account.region, credentials, sha256: Sha256 })
  const request = { method, protocol: 'http:', hostname: url.hostname, path: url.pathname, headers: { host: url.host } }
  const { headers } = await signer.sign({ ...request, ...(body !== undefined && { body }) })
  return fetch(url, { method, headers, ...(body !== undefined && { body }) })
}
