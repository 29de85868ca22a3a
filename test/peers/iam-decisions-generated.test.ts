/**
 * Compares the sandbox's decisions about real requests with a second evaluator of IAM policies (iam-simulate): for generated
 * policies, boundaries and session policies, and for requests on roles and providers with paths, boundaries and tags.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AwsRequest } from './support/aws-requests.ts'
import { withRequest } from './support/choices.ts'
import { type Actor, IamAccount } from './support/iam-account.ts'
import { boundaries, choice, rights } from './support/policy-generator.ts'
import { type Decision, type Policy, type Rights, secondDecision } from './support/second-evaluator.ts'

const sets = 250
const requestsOfEach = 8

let aws: IamAccount
beforeAll(async () => {
  aws = await IamAccount.start()
  const anything: Policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  for (const arn of boundaries) await aws.policy(arn.replace(/^.*\//, ''), anything)
})
afterAll(() => aws.close())

const seen = new Map<Decision, number>()

async function compare(held: Rights, actor: Actor, request: AwsRequest): Promise<void> {
  const principal = { 'aws:PrincipalArn': actor.roleArn, 'aws:SecureTransport': 'true' }
  const complete = { ...request, context: { ...request.context, ...principal } }
  const [ours, second] = [await actor.decide(request), await secondDecision(held, complete, actor.arn)]
  seen.set(ours, (seen.get(ours) ?? 0) + 1)
  expect({ decision: ours, request: complete }).toEqual({ decision: second, request: complete })
}

test(
  `${sets} generated sets of policies: the same decision about each request`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        rights,
        fc.array(choice, { minLength: requestsOfEach / 2, maxLength: requestsOfEach }),
        async (held, choices) => {
          const actor = await aws.actor(held)
          for (const each of choices) await withRequest(aws, each, (request) => compare(held, actor, request))
        },
      ),
      { numRuns: sets },
    )
    console.info('decisions:', Object.fromEntries(seen))
    // The evaluators would also agree if all policies allowed nothing.
    for (const decision of ['allowed', 'implicit deny', 'explicit deny'] as const) {
      expect(seen.get(decision)).toBeGreaterThan(sets / 5)
    }
  },
  10 * 60_000,
)
