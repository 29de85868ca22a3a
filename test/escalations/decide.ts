import { stepFunctions } from '../../infra/functions/functions.ts'
import { defaultWorkloadActions } from '../../infra/settings/workload-actions.ts'
import { accessOf } from '../../lambdas/access/decide.ts'
import { account, memberAccount } from '../../sandbox/account.ts'
import { type Policy, secondDecision } from '../peers/support/second-evaluator.ts'
import { type TemplatePolicies, templatePolicies } from '../peers/support/template-policies.ts'
import { callerIdsFor } from '../support/aws/callers.ts'
import { keysIn } from '../support/aws/kms-keys.ts'
import { portalProps } from '../support/aws/stack.ts'
import { iamArn } from './attempt.ts'
import { type CallerAttempt, callerRules } from './callers.ts'
import { every, everyStep, type FunctionAttempt, functionAttempts } from './functions.ts'
import { assumable, domainNames, userPool, type WorkloadAttempt } from './workloads.ts'

const network = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] }

const issuerHost = {
  domain: domainNames.issuers,
  certificateArn: `arn:aws:acm:us-east-1:${account.id}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}

const { portal, ...withPortal } = portalProps()

const pool = {
  issuer: `https://cognito-idp.${account.region}.amazonaws.com/${userPool}`,
  audience: ['workload-identity'],
}

/** The custom domains of the deployment, and its issuers. */
const hosts = {
  notifications: {
    emails: ['platform@example.com'],
    eventBus: 'default',
    slack: { workspaceId: 'T0123ABCDEF', channelId: 'C0123ABCDEF' },
  },
  issuerHost,
  ...withPortal,
  access: { ...withPortal.access, issuers: { ...withPortal.access.issuers, pool } },
  portal: { ...portal, domain: domainNames.portal },
  api: {
    domain: domainNames.api,
    certificateArn: `arn:aws:acm:${account.region}:${account.id}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
  },
}

/** The settings that give workloads and functions the fewest and the most rights. */
export const configurations: Readonly<Record<'default' | 'widest', TemplatePolicies>> = {
  default: templatePolicies({ ...hosts, workloadActions: defaultWorkloadActions, inlinePolicyActions: [] }),
  widest: templatePolicies({
    ...hosts,
    workloadActions: ['*'],
    assumableRoleArns: [assumable],
    network,
    kmsKeys: keysIn(),
    accounts: { [memberAccount.id]: { externalId: memberAccount.externalId } },
  }),
}

export const attemptsOfFunctions = functionAttempts(configurations.widest)

const anything: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const workloadSession = `arn:aws:sts::${account.id}:assumed-role/reader/session`
const workloadRole = iamArn('role/workload-identity/prod/reader')

/** Whether this boundary allows the attempt of a workload whose policies allow everything. */
export async function mayWorkload(boundary: Policy, attempt: WorkloadAttempt): Promise<boolean> {
  const { action, resource, context = {}, granted } = attempt
  const hasPolicy = granted !== undefined || action.startsWith('kms:')
  const rights = { policies: [anything], boundary, ...(hasPolicy && { resource: resourcePolicy(attempt) }) }
  return (await secondDecision(rights, { action, resource, context }, workloadSession)) === 'allowed'
}

/** The policy of the resource. A trust policy has no element Resource. */
function resourcePolicy({ action, resource, granted }: WorkloadAttempt): Policy {
  if (action.startsWith('kms:')) return defaultKeyPolicy
  const AWS = granted === 'session' ? workloadSession : workloadRole
  const statement = { Effect: 'Allow', Principal: { AWS }, Action: action }
  return {
    Version: '2012-10-17',
    Statement: [action.startsWith('sts:') ? statement : { ...statement, Resource: resource }],
  }
}

/** The default policy of a key, by which IAM policies decide: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const defaultKeyPolicy: Policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: iamArn('root') }, Action: 'kms:*', Resource: '*' }],
}

/** Whether these policies of a role allow the attempt. */
export async function mayFunction(policies: readonly Policy[], attempt: FunctionAttempt): Promise<boolean> {
  const { action, resource, context = {} } = attempt
  const principal = `arn:aws:sts::${account.id}:assumed-role/function/session`
  const rights = { policies, ...(action.startsWith('kms:') && { resource: defaultKeyPolicy }) }
  return (await secondDecision(rights, { action, resource, context }, principal)) === 'allowed'
}

/** The policies of the roles of an attempt, by role. They exclude its exceptions. */
export function rolesOf(
  { by, except = [] }: FunctionAttempt,
  template: TemplatePolicies,
): Map<string, readonly Policy[]> {
  const steps = by === everyStep ? [...stepFunctions.keys()] : [by]
  const all =
    by === every ? [...Object.entries(template.roles)] : steps.flatMap((name) => [...rolesNamed(name, template)])
  const exceptions = new Set(except.flatMap((name) => [...rolesNamed(name, template).keys()]))
  return new Map(all.filter(([name]) => !exceptions.has(name)))
}

/**
 * @param of the prefix of the logical ID of the role
 * @throws {Error} when the template has no such role
 */
export function rolesNamed(of: string, { roles }: TemplatePolicies): Map<string, readonly Policy[]> {
  const named = Object.entries(roles).filter(([name]) => name.startsWith(`WorkloadIdentity-${of}Role`))
  if (named.length === 0) throw new Error(`the template has no role of ${of}`)
  return new Map(named)
}

export const access = accessOf(callerRules, { accountId: account.id, callerIds: callerIdsFor(callerRules.grants) })

/** Whether the caller passes all checks of its request. */
export function mayCaller({ by, checks }: CallerAttempt): boolean {
  return checks.every((check) => access.decide(by, check).allowed)
}
