/** Attempts of callers of the API, which the rules of lambdas/access decide. */
import type { AuthorizationRequest } from '../../lambdas/access/authorization-request.ts'
import { type AccessRules, accessSettings, rulesOf } from '../../lambdas/access/configuration.ts'
import { iamPrincipal, type Principal } from '../../lambdas/access/principal.ts'
import {
  addedWorkloadChecks,
  chosenResource,
  clusterResource,
  clusterTeardownChecks,
  deploymentResource,
  planChecks,
  revocationChecks,
  setupChecks,
  workloadTeardownChecks,
} from '../../lambdas/api/access/checks.ts'
import { defaultRoleName } from '../../lambdas/role/name.ts'
import type { SetupRequest } from '../../lambdas/spec/setup-request.ts'
import { account, memberAccount } from '../../sandbox/account.ts'
import { callerOf } from '../support/aws/callers.ts'
import { deployment } from '../support/steps/deployment.ts'
import { type Attempt, awsDocs } from './attempt.ts'

export interface CallerAttempt extends Attempt {
  readonly by: Principal
  /** `viewer`, `a session named administrator`. */
  readonly who: string
  readonly checks: readonly AuthorizationRequest[]
}

const scope = { clusters: ['prod-eu'] }
const to = (role: string) => [{ iam: { role } }]
const policyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const staff = { issuer: 'https://login.example.com', audience: ['workload-identity'] }
const partners = { issuer: 'https://partners.example.com', audience: ['workload-identity'] }

export const callerRules: AccessRules = rulesOf(
  accessSettings.parse({
    issuers: { staff, partners },
    grants: [
      { name: 'v', role: 'viewer', to: to('viewer'), ...scope },
      { name: 'd', role: 'developer', to: to('developer'), ...scope, namespaces: ['team'], policyArns: [policyArn] },
      { name: 'o', role: 'operator', to: to('operator'), ...scope },
      {
        name: 'a',
        role: 'administrator',
        to: [...to('administrator'), { jwt: { issuer: 'staff', claims: { groups: 'Platform Admins' } } }],
      },
    ],
  }),
)

const session = (role: string, name = 'session', of: string = account.id) =>
  callerOf(`arn:aws:sts::${of}:assumed-role/${role}/${name}`)
const token = ({ issuer }: typeof staff, groups: string[]): Principal => ({
  kind: 'jwt',
  name: `${issuer}#somebody`,
  issuer,
  claims: { groups, sub: ['somebody'] },
})

const workload = { namespace: 'team', serviceAccount: 'reader' }
const added = (cluster: string, changes: object = {}) =>
  addedWorkloadChecks(cluster, { ...workload, role: { policyArns: [policyArn] }, ...changes }, deployment)
const inlinePolicy = { Version: '2012-10-17', Statement: [] }

function requestOf(name: string, changes: object): SetupRequest {
  const role = { name: defaultRoleName(deployment, name, workload), policyArns: [policyArn], maxSessionSeconds: 3600 }
  return {
    cluster: { name, provider: 'existing', credentialsSecretArn: 'arn', readyTimeoutMinutes: 60 },
    webhook: { mode: 'none', certificate: 'auto', namespace: 'w', failurePolicy: 'Ignore' },
    workloads: [{ ...workload, role }],
    adopt: false,
    reconcile: 'report',
    ...changes,
  }
}

const setup = (name: string, changes: object = {}) => setupChecks(requestOf(name, changes), deployment)

/** A request with provider and roles in a member account. */
function inMember(name: string): SetupRequest {
  const { cluster, ...request } = requestOf(name, {})
  return { ...request, cluster: { ...cluster, awsAccountId: memberAccount.id } }
}

const teardown = { force: false, deleteCluster: false, dryRun: false }
const operation = {
  type: 'Operation',
  operationId: 'id',
  kind: 'setup',
  cluster: 'prod-eu',
  owner: 'somebody',
  namespaces: ['other'],
} as const
const named = `${awsDocs}/IAM/latest/UserGuide/reference_identifiers.html`
const crossAccount = `${awsDocs}/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html`
const passing = 'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/'
const jwt = `${awsDocs}/apigateway/latest/developerguide/http-api-jwt-authorizer.html`
const objects = 'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/'
const functions = 'https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/'

export const callerAttempts: readonly CallerAttempt[] = [
  { who: 'a viewer', by: session('viewer'), name: 'start a setup', checks: setup('prod-eu'), source: functions },
  {
    who: 'a viewer',
    by: session('viewer'),
    name: 'read another cluster',
    checks: [{ action: 'get-cluster', resource: clusterResource('other') }],
    source: objects,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: functions,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'add a workload in another namespace',
    checks: added('prod-eu', { namespace: 'kube-system' }),
    source: objects,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'add a workload to another cluster',
    checks: added('other'),
    source: objects,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'add a workload with a policy that the grant does not have',
    checks: added('prod-eu', { role: { policyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] } }),
    source: passing,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'choose the name of a role',
    checks: added('prod-eu', { role: { policyArns: [policyArn], name: 'admin' } }),
    source: passing,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'write an inline policy',
    checks: added('prod-eu', { role: { inlinePolicy } }),
    source: passing,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'tear down a workload by force',
    checks: workloadTeardownChecks('prod-eu', workload, true),
    source: functions,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: "cancel another team's operation",
    checks: [{ action: 'cancel-operation', resource: operation }],
    source: objects,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'verify all workloads',
    checks: [{ action: 'start-verification', resource: chosenResource('prod-eu', undefined) }],
    source: objects,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'set up another cluster',
    checks: setup('other'),
    source: objects,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'plan a cluster in a member account',
    checks: planChecks(inMember('prod-eu'), false, deployment),
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'create the provider and roles in a member account',
    checks: setupChecks(inMember('prod-eu'), deployment),
    source: crossAccount,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'adopt existing objects',
    checks: setup('prod-eu', { adopt: true }),
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'tear down by force',
    checks: clusterTeardownChecks('prod-eu', { ...teardown, force: true }),
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'delete a cluster',
    checks: clusterTeardownChecks('prod-eu', { ...teardown, deleteCluster: true }),
    source: functions,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'create a code, and become the agent of a cluster',
    checks: [{ action: 'create-enrolment', resource: clusterResource('prod-eu') }],
    source: functions,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'publish the keys of a cluster',
    checks: [{ action: 'refresh-signing-keys', resource: clusterResource('prod-eu') }],
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'accept a signing key, and sign tokens with it',
    checks: [{ action: 'accept-signing-key', resource: clusterResource('prod-eu') }],
    source: functions,
  },
  {
    who: 'a developer',
    by: session('developer'),
    name: 'revoke a signing key',
    checks: revocationChecks('prod-eu', { force: false }),
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'revoke a signing key',
    checks: revocationChecks('prod-eu', { force: false }),
    source: functions,
  },
  {
    who: 'an operator',
    by: session('operator'),
    name: 'rotate all clusters',
    checks: [{ action: 'start-rotation', resource: deploymentResource }],
    source: objects,
  },
  {
    who: 'a session named administrator',
    by: session('viewer', 'administrator'),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: named,
  },
  {
    who: "another account's administrator",
    by: session('administrator', 'session', '111122223333'),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: named,
  },
  {
    who: 'a role that was created again under the name administrator',
    by: iamPrincipal(`arn:aws:sts::${account.id}:assumed-role/administrator/session`, 'AROALATER:session'),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: `${awsDocs}/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids`,
  },
  {
    who: 'an IAM user named administrator',
    by: callerOf(`arn:aws:iam::${account.id}:user/administrator`),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: named,
  },
  {
    who: 'the root user',
    by: callerOf(`arn:aws:iam::${account.id}:root`),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: named,
  },
  {
    who: 'a member of `Platform` and of `Admins`',
    by: token(staff, ['Platform', 'Admins']),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: jwt,
  },
  {
    who: 'the group of administrators at another issuer',
    by: token(partners, ['Platform Admins']),
    name: 'start a setup',
    checks: setup('prod-eu'),
    source: jwt,
  },
]
