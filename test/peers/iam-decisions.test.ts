/**
 * What the sandbox decides about real requests, against a second evaluator of IAM policies (iam-simulate): with the
 * policies of the project's own template.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployment } from '../support/steps/deployment.ts'
import { type Ask, aboutServices, iamArn } from './support/asks.ts'
import { asking, type Choice, providerRequests, roleRequests } from './support/choices.ts'
import { type Actor, IamAccount } from './support/iam-account.ts'
import { type Decision, type Policy, type Rights, secondDecision } from './support/second-evaluator.ts'
import { templatePolicies } from './support/template-policies.ts'

const template = templatePolicies()
const boundaryArn = iamArn(`policy/${template.names('AWS::IAM::ManagedPolicy')[0]}`)
const marks = { 'workload-identity:deployment': deployment, 'workload-identity:cluster': 'prod' }
const anything: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const assumable = ['cdk-hnb659fds-deploy-role', 'another']

let aws: IamAccount
beforeAll(async () => {
  aws = await IamAccount.start()
  await aws.policy(template.names('AWS::IAM::ManagedPolicy')[0] ?? '', template.boundary)
  await aws.policy('other', anything)
  // Who may assume a role is for its trust policy to say, too.
  for (const name of assumable) await aws.role({ path: '/', name, tags: {} })
})
afterAll(() => aws.close())

/** Every request of IAM, about what is ours and what is not. */
function iamChoices(): Choice[] {
  const aboutRoles = ['/workload-identity/', '/workload-identity/team/', '/other/', '/'].flatMap((path) =>
    [boundaryArn, iamArn('policy/other'), undefined].flatMap((boundary) =>
      [marks, { ...marks, team: 'blue' }, {}].map((tags) => ({ path, boundary, tags })),
    ),
  )
  const policies = ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::aws:policy/AdministratorAccess']
  const parts = (index: number) => ({ index, policyArn: policies[index % 2] ?? '' })
  const creations = aboutRoles.map((one): Choice => ({ kind: 'create-role', ...parts(0), ...one, has: { tags: {} } }))
  const changes = aboutRoles
    .filter((_, index) => index % 2 === 0)
    .flatMap((one) =>
      Array.from({ length: roleRequests.length }, (_, index): Choice => {
        const has = { tags: index % 3 === 0 ? marks : {}, boundary: one.boundary }
        return { kind: 'about-role', ...one, boundary: boundaryArn, ...parts(index), has }
      }),
    )
  const providers = [marks, { ...marks, team: 'blue' }, { team: 'blue' }, {}].flatMap((tags): Choice[] => [
    { kind: 'create-provider', ...parts(0), path: '/', tags, has: { tags: {} } },
    ...[marks, {}].flatMap((had) =>
      Array.from(
        { length: providerRequests.length },
        (_, index): Choice => ({ kind: 'about-provider', ...parts(index), path: '/', tags, has: { tags: had } }),
      ),
    ),
  ])
  return [...creations, ...changes, ...providers]
}

function serviceAsks(): Ask[] {
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

async function compare(rights: Rights, actor: Actor, ask: Ask): Promise<string[]> {
  const principal = { 'aws:PrincipalArn': actor.roleArn, 'aws:SecureTransport': 'true' }
  const ours = await actor.decide(ask)
  seen.add(ours)
  const second = await secondDecision(rights, { ...ask, context: { ...ask.context, ...principal } }, actor.arn)
  return ours === second
    ? []
    : [`${ask.action} on ${ask.resource} ${JSON.stringify(ask.context)}: ${ours}, not ${second}`]
}

async function differences(rights: Rights, choices: readonly Choice[], asks: readonly Ask[]): Promise<string[]> {
  const actor = await aws.actor(rights)
  const observed: string[] = []
  for (const choice of choices) observed.push(...(await asking(aws, choice, (ask) => compare(rights, actor, ask))))
  for (const ask of asks) observed.push(...(await compare(rights, actor, ask)))
  return observed
}

const roleOf = (name: string) => {
  const [, policies] = Object.entries(template.roles).find(([role]) => role.includes(`-${name}Role`)) ?? []
  if (!policies) throw new Error(`the template has no role of ${name}`)
  return policies
}

describe('the policies of the template, by a second evaluator', () => {
  test.each(Object.keys(template.roles))('%s: the same decisions about every service but IAM', async (role) => {
    expect(await differences({ policies: template.roles[role] ?? [] }, [], serviceAsks())).toEqual([])
  })

  test.each(['RegisterOidc', 'CreateRole', 'Verify'])(
    '%s: the same decisions about roles and providers',
    async (name) => {
      expect(await differences({ policies: roleOf(name) }, iamChoices(), [])).toEqual([])
    },
  )

  test('the boundary of a workload: the same decisions, whatever its policies allow', async () => {
    const choices = iamChoices().filter((_, index) => index % 5 === 0)
    expect(await differences({ policies: [anything], boundary: template.boundary }, choices, serviceAsks())).toEqual([])
  })

  test('the session of a proof, with deny-all: the same decisions', async () => {
    const denied: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }
    const rights = { policies: [anything], boundary: template.boundary, session: denied }
    expect(await differences(rights, [], serviceAsks())).toEqual([])
  })

  test('every kind of decision was among them', () => {
    expect(seen).toEqual(new Set(['allowed', 'implicit deny', 'explicit deny']))
  })
})
