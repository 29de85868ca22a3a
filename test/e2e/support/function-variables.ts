import * as z from 'zod/mini'
import { sendSigned } from '../../../sandbox/aws/signed-request.ts'
import type { System } from './system.ts'

const listed = z.object({
  Functions: z.array(
    z.object({
      FunctionName: z.string(),
      Environment: z.exactOptional(z.object({ Variables: z.record(z.string(), z.string()) })),
    }),
  ),
  NextMarker: z.nullish(z.string()),
})

/**
 * Gives all functions that have this variable another value, as a deployment with another setting does.
 *
 * @returns the value that they had
 */
export async function setFunctionVariable(system: System, name: string, value: string): Promise<string> {
  let before = ''
  for (const { FunctionName, Environment } of await functionsOf(system)) {
    const variables = Environment?.Variables ?? {}
    if (variables[name] === undefined) continue
    before = variables[name]
    const body = JSON.stringify({ Environment: { Variables: { ...variables, [name]: value } } })
    await answerOf(system, { method: 'PUT', path: `${FunctionName}/configuration`, body })
  }
  return before
}

async function functionsOf(system: System): Promise<z.output<typeof listed>['Functions']> {
  const functions: z.output<typeof listed>['Functions'] = []
  let Marker: string | null | undefined
  do {
    const query: Record<string, string> = Marker ? { Marker } : {}
    const page = listed.parse(await answerOf(system, { method: 'GET', path: '', query }))
    functions.push(...page.Functions)
    Marker = page.NextMarker
  } while (Marker)
  return functions
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
}

async function answerOf({ sandbox }: System, { path, ...request }: Sent): Promise<unknown> {
  const url = new URL(`/2015-03-31/functions/${path}`, sandbox.aws.endpoint)
  const response = await sendSigned({ service: 'lambda', url, ...request })
  if (!response.ok) throw new Error(`${request.method} ${url} answered ${response.status} ${await response.text()}`)
  return response.json()
}
