import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, vi } from 'vitest'
import { type AccessRules, accessRulesFile } from '../../../lambdas/access/configuration.ts'
import type { ApiHandler } from '../../../lambdas/api/operation.ts'
import { account } from '../../../sandbox/account.ts'
import { awsAccount } from '../aws/aws-account.ts'
import { callerIdsText, userIdOf } from '../aws/callers.ts'
import { type Behaviour, makeStateMachines } from '../aws/state-machine.ts'
import { setEnvironment } from '../environment.ts'
import { tokenWith } from '../network/tokens.ts'
import { alice } from './alice.ts'
import { lambdaContext } from './lambda-context.ts'
import { deployment } from './requests.ts'

export interface ApiRequest {
  readonly caller?: string
  /** Claims of a verified token, instead of an IAM caller. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Method and path of API Gateway's route. */
  readonly routeKey?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
  /** A string is sent unchanged, everything else as JSON. */
  readonly body?: unknown
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: each test checks the fields that it expects
  readonly body: any
}

/** The rules of a deployment in which {@link alice}, bob and the role admin may do everything. */
export const aliceAdministers: AccessRules = {
  grants: [
    {
      name: 'administrators',
      role: 'administrator',
      to: [{ iam: { user: 'alice' } }, { iam: { user: 'bob' } }, { iam: { role: 'admin' } }],
    },
  ],
  issuers: {},
  policies: {},
}

/** As {@link aliceAdministers}, and the user `team` is an operator of the clusters `team-*`. */
export const aliceAdministersTeamOperates: AccessRules = {
  ...aliceAdministers,
  grants: [
    ...aliceAdministers.grants,
    { name: 'team', role: 'operator', to: [{ iam: { user: 'team' } }], clusters: ['team-*'] },
  ],
}

/** The variables of functions in a deployment with these rules, whose callers have the IDs of callers.ts. */
export function accessVariables(rules: AccessRules) {
  return { LAMBDA_TASK_ROOT: folderWith(rules), CALLER_IDS: callerIdsText(rules.grants) }
}

/** Writes the rules into a folder of the clone, one for each set of rules. */
function folderWith(rules: AccessRules): string {
  const text = JSON.stringify(rules)
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const folder = join(import.meta.dirname, '../../../.sandbox/access-rules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, accessRulesFile), text)
  return folder
}

/** Sets the rules of a deployment for the tests of a file. Call it at the top of the file. */
export function useAccessRules(rules: AccessRules = aliceAdministers): void {
  let restore: (() => void) | undefined
  beforeAll(() => {
    restore = setEnvironment({ ACCOUNT_ID: account.id, ...accessVariables(rules) })
  })
  afterAll(() => restore?.())
  beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
}

/** Calls an API function as API Gateway does with payload version 2.0. */
export async function callApi(handler: ApiHandler, request: ApiRequest = {}): Promise<ApiResponse> {
  const { body } = request
  const event = {
    version: '2.0',
    routeKey: request.routeKey ?? 'ANY /',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(request.claims && { authorization: `Bearer ${tokenWith(request.claims)}` }),
      ...request.headers,
    },
    ...(request.query && { queryStringParameters: request.query }),
    ...(request.parameters && { pathParameters: request.parameters }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: { requestId: 'id', authorizer: authorizerOf(request) },
  }
  const response = await handler(event, lambdaContext())
  const { statusCode = 0, headers = {}, body: text = 'null' } = response
  const isText = /^(text\/|application\/yaml)/.test(String(headers['content-type']))
  return { status: statusCode, headers, body: isText ? text : JSON.parse(text) }
}

/** API Gateway passes a claim with a list as one text. */
function authorizerOf({ caller = alice, claims }: ApiRequest) {
  if (!claims) return { iam: { userArn: caller, userId: userIdOf(caller) } }
  const texts = Object.entries(claims).map(([name, value]) => [
    name,
    Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
  ])
  return { jwt: { claims: Object.fromEntries(texts), scopes: null } }
}

/**
 * The account of {@link awsAccount}, with stubs of the state machines. Operations run until they are stopped, unless a test uses
 * another workflow. Call it at the top of a file.
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
      MEMBER_ACCOUNTS: deployment.memberAccounts.join(','),
      ISSUER_HOSTS: deployment.issuerHosts.join(','),
      ...accessVariables(aliceAdministers),
      ALLOWED_POLICY_ARNS: JSON.stringify(deployment.allowedPolicyArns),
      INLINE_POLICY_ACTIONS: JSON.stringify(deployment.inlinePolicyActions),
      // Tests leave operations of the same caller running.
      RUNNING_PER_CALLER: '500',
    })
  })
  afterAll(() => {
    restore?.()
    delete process.env.STATE_MACHINE_ARNS
  })
  return { useWorkflow: (behaviour) => useWorkflow(behaviour), aws }
}
