/**
 * Compares the sandbox's decisions about real requests with a second evaluator of IAM policies (iam-simulate), for the
 * policies of the project's template.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployment } from '../support/steps/deployment.ts'
import { type AwsRequest, aboutServices, iamArn } from './support/aws-requests.ts'
import { type Choice, providerRequests, roleRequests, withRequest } from './support/choices.ts'
import { type Actor, IamAccount } from './support/iam-account.ts'
import { type Decision, type Policy, type Rights, secondDecision } from './support/second-evaluator.ts'
import { templatePolicies } from './support/template-policies.ts'

const template = templatePolicies()
const boundaryArn = iamArn(`policy/${template.names('AWS::IAM::ManagedPolicy')[0]}`)
const ownershipTags = { 'workload-identity:deployment': deployment, 'workload-identity:cluster': 'prod' }
const anything: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const assumable = ['cdk-hnb659fds-deploy-role', 'another']

let aws: IamAccount
beforeAll(async () => {
  aws = await IamAccount.start()
  await aws.policy(template.names('AWS::IAM::ManagedPolicy')[0] ?? '', template.boundary)
  await aws.policy('other', anything)
  // The trust policy of a role also decides about AssumeRole.
  for (const name of assumable) await aws.role({ path: '/', name, tags: {} })
})
afterAll(() => aws.close())

/** Each request of IAM, on our own and on foreign objects. */
function iamChoices(): Choice[] {
  const aboutRoles = ['/workload-identity/', '/workload-identity/team/', '/other/', '/'].flatMap((path) =>
    [boundaryArn, iamArn('policy/other'), undefined].flatMap((boundary) =>
      [ownershipTags, { ...ownershipTags, team: 'blue' }, {}].map((tags) => ({ path, boundary, tags })),
    ),
  )
  const policies = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::aws:policy/AdministratorAccess']
  const parts = (index: number) => ({ index, policyArn: policies[index % 2] ?? '' })
  const creations = aboutRoles.map((one): Choice => ({ kind: 'create-role', ...parts(0), ...one, has: { tags: {} } }))
  const changes = aboutRoles
    .filter((_, index) => index % 2 === 0)
    .flatMap((one) =>
      Array.from({ length: roleRequests.length }, (_, index): Choice => {
        const has = { tags: index % 3 === 0 ? ownershipTags : {}, boundary: one.boundary }
        return { kind: 'about-role', ...one, boundary: boundaryArn, ...parts(index), has }
      }),
    )
  const providers = [ownershipTags, { ...ownershipTags, team: 'blue' }, { team: 'blue' }, {}].flatMap(
    (tags): Choice[] => [
      { kind: 'create-provider', ...parts(0), path: '/', tags, has: { tags: {} } },
      ...[ownershipTags, {}].flatMap((had) =>
        Array.from(
          { length: providerRequests.length },
          (_, index): Choice => ({ kind: 'about-provider', ...parts(index), path: '/', tags, has: { tags: had } }),
        ),
      ),
    ],
  )
  return [...creations, ...changes, ...providers]
}

function serviceRequests(): AwsRequest[] {
  return aboutServices({
    tables: [...template.names('AWS::DynamoDB::Table'), 'another'],
    secrets: [
      'workload-identity/google-credentials-aBcDeF',
      'workload-identity/prod/user-aBcDeF',
      'workload-identity/prod-aBcDeF',
      'another/prod/user-aBcDeF',
    ],
    machines: [...template.names('AWS::StepFunctions::StateMachine'), 'WorkloadIdentity-another', 'another'],
    functions: [...template.names('AWS::Lambda::Function').slice(0, 3), 'another'],
    roles: assumable,
    topics: [...template.names('AWS::SNS::Topic'), 'another'],
  })
}

const seen = new Set<Decision>()

async function compare(rights: Rights, actor: Actor, request: AwsRequest): Promise<string[]> {
  const principal = { 'aws:PrincipalArn': actor.roleArn, 'aws:SecureTransport': 'true' }
  const ours = await actor.decide(request)
  seen.add(ours)
  const second = await secondDecision(rights, { ...request, context: { ...request.context, ...principal } }, actor.arn)
  return ours === second
    ? []
    : [`${request.action} on ${request.resource} ${JSON.stringify(request.context)}: ${ours}, not ${second}`]
}

async function differences(
  rights: Rights,
  choices: readonly Choice[],
  requests: readonly AwsRequest[],
): Promise<string[]> {
  const actor = await aws.actor(rights)
  const observed: string[] = []
  for (const choice of choices)
    observed.push(...(await withRequest(aws, choice, (request) => compare(rights, actor, request))))
  for (const request of requests) observed.push(...(await compare(rights, actor, request)))
  return observed
}

const roleOf = (name: string) => {
  const [, policies] = Object.entries(template.roles).find(([role]) => role.includes(`-${name}Role`)) ?? []
  if (!policies) throw new Error(`the template has no role of ${name}`)
  return policies
}

describe('the policies of the template, by a second evaluator', () => {
  test.each(Object.keys(template.roles))('%s: the same decisions about all services except IAM', async (role) => {
    expect(await differences({ policies: template.roles[role] ?? [] }, [], serviceRequests())).toEqual([])
  })

  test.each(['RegisterOidc', 'CreateRole', 'Verify'])(
    '%s: the same decisions about roles and providers',
    async (name) => {
      expect(await differences({ policies: roleOf(name) }, iamChoices(), [])).toEqual([])
    },
  )

  test('the boundary of a workload: the same decisions, whatever its policies allow', async () => {
    const choices = iamChoices().filter((_, index) => index % 5 === 0)
    expect(
      await differences({ policies: [anything], boundary: template.boundary }, choices, serviceRequests()),
    ).toEqual([])
  })

  test('the session of a proof, which denies all actions: the same decisions', async () => {
    const denied: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }
    const rights = { policies: [anything], boundary: template.boundary, session: denied }
    expect(await differences(rights, [], serviceRequests())).toEqual([])
  })

  test('the comparisons include every kind of decision', () => {
    expect(seen).toEqual(new Set(['allowed', 'implicit deny', 'explicit deny']))
  })
})
