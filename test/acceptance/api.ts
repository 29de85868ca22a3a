/** Calls the API of the deployment with the client of `wid`. */
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
import type { AwsTarget } from './target.ts'

/** The time limit of one operation in seconds. A setup waits until a user changes the issuers of the API server. */
const patience = 3600

export interface Api {
  readonly url: string
  close(): Promise<void>
}

/** The URL of the API. With an endpoint, a local port forwards to the API there, because the API's host name resolves to AWS. */
export async function reachApi(target: AwsTarget, outputs: Readonly<Record<string, string>>): Promise<Api> {
  const { profile, endpoint } = target
  if (endpoint === undefined) return { url: outputs.ApiUrl ?? '', close: async () => {} }
  const credentials = await defaultProvider({ profile })()
  return startGateway({ ...addressOf(outputs, endpoint), users: new Map([[profile, credentials]]) }, { firstPort: 0 })
}

/** The context for the commands of `wid`. */
export function contextFor({ profile, region }: AwsTarget, { url }: Pick<Api, 'url'>, interrupt: AbortSignal): Context {
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

/** Waits for the end of the operation. @throws {CommandError} unless it succeeded */
export async function succeeded(
  context: Context,
  started: Promise<{ readonly operationId: string }>,
): Promise<Operation> {
  const operation = await followOn(context, (await started).operationId)
  showOutcome(context, operation)
  if (operation.status === 'succeeded') return operation
  throw new CommandError(`The ${operation.kind} ${operation.operationId} ended as ${operation.status}.`)
}

/** Milliseconds. The maximum run time of a function: a step continues after its operation is cancelled. */
const stepMs = 15 * 60_000

/** Cancels running operations, and tears the cluster down if it is recorded. @throws {CommandError} when the teardown fails */
export async function tearDown(context: Context, cluster: string): Promise<void> {
  const running = context.api.GET('/v1/operations', { params: { query: { status: 'running' } } })
  for (const { operationId } of (await answerOf(running)).operations) await cancel(context, operationId)
  const deadline = Date.now() + stepMs
  while (!(await isTornDown(context, cluster))) {
    if (Date.now() > deadline) throw new CommandError(`Another operation holds the cluster ${cluster}.`)
    await sleep(1_000)
  }
}

/** False while another operation has the lock of the cluster. */
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

/** Cancels the operation. The API answers 409 if it has ended meanwhile. */
async function cancel({ api }: Context, operationId: string): Promise<void> {
  await answerOf(api.POST('/v1/operations/{operationId}/cancel', { params: { path: { operationId } } })).catch(
    (error: unknown) => {
      if (!(error instanceof RefusedRequest && error.problem.status === 409)) throw error
    },
  )
}
