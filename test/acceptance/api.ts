/** The API of the deployment, by the client of `wid`. */

import { setTimeout as sleep } from 'node:timers/promises'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { RefusedRequest } from '../../cli/api/answer.ts'
import { authorizer } from '../../cli/api/authorize.ts'
import { apiClient } from '../../cli/api/client.ts'
import { endpointFrom } from '../../cli/api/endpoint.ts'
import type { Context } from '../../cli/context.ts'
import { CommandError } from '../../cli/errors.ts'
import { followOn, showOutcome } from '../../cli/operation/run.ts'
import { outputTo } from '../../cli/output.ts'
import { answerOf } from '../../client/answer.ts'
import type { Operation } from '../../client/api.ts'
import { addressOf } from '../../sandbox/aws/deploy.ts'
import { startGateway } from '../../sandbox/gateway/server.ts'
import type { Place } from './place.ts'

/** Seconds for one operation: a setup waits for somebody who changes the issuers of the API server. */
const patience = 3600

export interface Api {
  readonly url: string
  close(): Promise<void>
}

/** Where the API answers. The name that AWS gives it leads to AWS: with an endpoint a local port leads to the one there. */
export async function reachApi(place: Place, outputs: Readonly<Record<string, string>>): Promise<Api> {
  const { profile, endpoint } = place
  if (endpoint === undefined) return { url: outputs.ApiUrl ?? '', close: async () => {} }
  const credentials = await defaultProvider({ profile })()
  return startGateway({ ...addressOf(outputs, endpoint), users: new Map([[profile, credentials]]) }, { firstPort: 0 })
}

/** What the commands of `wid` need. */
export function contextFor({ profile, region }: Place, { url }: Pick<Api, 'url'>, interrupt: AbortSignal): Context {
  const endpoint = endpointFrom({ api: url, region }, {}, undefined)
  const output = outputTo(process.stdout, false, process.env)
  return {
    endpoint,
    api: apiClient(endpoint, authorizer(endpoint, profile)),
    profile,
    output,
    timeout: patience,
    interrupt,
  }
}

/** Follows the operation to its end. @throws {CommandError} unless it succeeded */
export async function succeeded(
  context: Context,
  started: Promise<{ readonly operationId: string }>,
): Promise<Operation> {
  const operation = await followOn(context, (await started).operationId)
  showOutcome(context, operation)
  if (operation.status === 'succeeded') return operation
  throw new CommandError(`The ${operation.kind} ${operation.operationId} ended as ${operation.status}.`)
}

/** Milliseconds: no function runs for longer, and a step of an operation that was cancelled goes on to its end. */
const stepMs = 15 * 60_000

/** Ends what is running, and tears the cluster down, if it is recorded. @throws {CommandError} when something remains */
export async function tearDown(context: Context, cluster: string): Promise<void> {
  const running = context.api.GET('/v1/operations', { params: { query: { status: 'running' } } })
  for (const { operationId } of (await answerOf(running)).operations) await cancel(context, operationId)
  const deadline = Date.now() + stepMs
  while (!(await isTornDown(context, cluster))) {
    if (Date.now() > deadline) throw new CommandError(`Another operation holds the cluster ${cluster}.`)
    await sleep(1_000)
  }
}

/** False while another operation holds the cluster. */
async function isTornDown(context: Context, cluster: string): Promise<boolean> {
  try {
    await succeeded(context, startTeardown(context, cluster))
    return true
  } catch (error) {
    const status = error instanceof RefusedRequest ? error.problem.status : undefined
    if (status === 404) return true
    if (status === 409) return false
    throw error
  }
}

export function startTeardown({ api }: Context, cluster: string) {
  return answerOf(api.DELETE('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
}

/** One that has ended meanwhile is refused. */
async function cancel({ api }: Context, operationId: string): Promise<void> {
  await answerOf(api.POST('/v1/operations/{operationId}/cancel', { params: { path: { operationId } } })).catch(
    (error: unknown) => {
      if (!(error instanceof RefusedRequest && error.problem.status === 409)) throw error
    },
  )
}
