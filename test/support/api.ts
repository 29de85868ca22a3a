import { afterAll, beforeAll } from 'vitest'
import type { ApiHandler } from '../../lambdas/api/operation.ts'
import { alice } from './alice.ts'
import { awsAccount } from './aws-account.ts'
import { setEnvironment } from './environment.ts'
import { lambdaContext } from './lambda-context.ts'
import { deployment } from './requests.ts'
import { type Behaviour, makeStateMachines } from './state-machine.ts'

export interface ApiRequest {
  readonly caller?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
  /** A string is sent as it is, everything else as JSON. */
  readonly body?: unknown
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
  readonly body: any
}

/** Calls an API function as API Gateway does with payload version 2.0. */
export async function callApi(handler: ApiHandler, request: ApiRequest = {}): Promise<ApiResponse> {
  const { body } = request
  const event = {
    version: '2.0',
    routeKey: 'ANY /',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...request.headers },
    ...(request.query && { queryStringParameters: request.query }),
    ...(request.parameters && { pathParameters: request.parameters }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: { requestId: 'id', authorizer: { iam: { userArn: request.caller ?? alice } } },
  }
  const response = await handler(event, lambdaContext())
  return {
    status: response.statusCode ?? 0,
    headers: response.headers ?? {},
    body: JSON.parse(response.body ?? 'null'),
  }
}

/**
 * The account of {@link awsAccount}, with state machines in the place of ours. Operations run until they are stopped, unless a
 * test uses another workflow. Called at the top of a file.
 */
export function apiAccount(): { useWorkflow(behaviour: Behaviour): void; readonly aws: ReturnType<typeof awsAccount> } {
  let useWorkflow: (behaviour: Behaviour) => void
  let restore: (() => void) | undefined
  const aws = awsAccount()
  beforeAll(async () => {
    useWorkflow = await makeStateMachines()
    useWorkflow('running')
    restore = setEnvironment({
      SECRET_PREFIX: deployment.secretPrefix,
      ALLOWED_POLICY_ARNS: JSON.stringify(deployment.allowedPolicyArns),
    })
  })
  afterAll(() => {
    restore?.()
    delete process.env.STATE_MACHINE_ARNS
  })
  return { useWorkflow: (behaviour) => useWorkflow(behaviour), aws }
}
