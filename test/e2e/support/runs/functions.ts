import * as z from 'zod/mini'
import { sendSigned } from '../../../../sandbox/aws/signed-request.ts'
import type { AnySystem } from '../system.ts'

const listed = z.object({
  Functions: z.array(
    z.object({
      FunctionName: z.string(),
      Environment: z.exactOptional(z.object({ Variables: z.record(z.string(), z.string()) })),
    }),
  ),
  NextMarker: z.nullish(z.string()),
})

/** All functions of the account. A page has 50 at most: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export async function functionsAt(endpoint: string, Marker?: string): Promise<z.output<typeof listed>['Functions']> {
  const query: Record<string, string> = Marker === undefined ? {} : { Marker }
  const response = await send(endpoint, { method: 'GET', path: '', query })
  const { Functions, NextMarker } = listed.parse(await response.json())
  return NextMarker ? [...Functions, ...(await functionsAt(endpoint, NextMarker))] : Functions
}

/** Invokes the deployed function whose name contains `name`, and waits for its end. */
export async function invokeFunction(
  system: AnySystem,
  name: string,
  event: object,
): Promise<{ readonly failed: boolean }> {
  const response = await invoke(system, name, event, 'RequestResponse')
  return { failed: response.headers.get('x-amz-function-error') !== null }
}

/** Invokes a function asynchronously, as EventBridge Scheduler does. */
export async function queueEvent(system: AnySystem, name: string, event: object): Promise<void> {
  const { status } = await invoke(system, name, event, 'Event')
  if (status !== 202) throw new Error(`Lambda answered ${status}`)
}

async function invoke(
  { sandbox }: AnySystem,
  name: string,
  event: object,
  type: 'Event' | 'RequestResponse',
): Promise<Response> {
  const { endpoint } = sandbox.aws
  const found = (await functionsAt(endpoint)).find(({ FunctionName }) => FunctionName.includes(name))
  if (!found) throw new Error(`no function has ${name} in its name`)
  const headers = { 'x-amz-invocation-type': type }
  const path = `${found.FunctionName}/invocations`
  const response = await send(endpoint, { method: 'POST', path, headers, body: JSON.stringify(event) })
  await response.text()
  return response
}

/**
 * Changes the variable of all functions that have it, as a deployment with another setting does.
 *
 * @returns the value before
 */
export async function setFunctionVariable({ sandbox }: AnySystem, name: string, value: string): Promise<string> {
  const { endpoint } = sandbox.aws
  let before = ''
  for (const { FunctionName, Environment } of await functionsAt(endpoint)) {
    const variables = Environment?.Variables ?? {}
    if (variables[name] === undefined) continue
    before = variables[name]
    const body = JSON.stringify({ Environment: { Variables: { ...variables, [name]: value } } })
    const response = await send(endpoint, { method: 'PUT', path: `${FunctionName}/configuration`, body })
    if (!response.ok) throw new Error(`${FunctionName}: ${response.status} ${await response.text()}`)
  }
  return before
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function send(endpoint: string, { path, ...request }: Sent): Promise<Response> {
  return sendSigned({ service: 'lambda', url: new URL(`/2015-03-31/functions/${path}`, endpoint), ...request })
}
