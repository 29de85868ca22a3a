import { CfnResource, type Stack } from 'aws-cdk-lib'
import { CfnManagedPolicy, CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam'
import * as z from 'zod'
import { longestForm, type ResourceTypes, resourceTypes } from '../functions/longest-form.ts'

/**
 * IAM's limits in characters without white space, for a managed policy and for all inline policies of one role. "IAM
 * and STS quotas": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const largest = { managed: 6144, inline: 10_240 } as const

const inlinePolicies = z.array(z.object({ policyDocument: z.unknown() }))
const references = z.object({ Roles: z.array(z.object({ Ref: z.string() })) })

/** One line for each policy of the stack that exceeds IAM's limit, with the setting to shorten. */
export function policySizeMistakes(stack: Stack): string[] {
  const resources = stack.node.findAll().filter((each) => each instanceof CfnResource)
  const types = resourceTypes(stack)
  const sizeOf = (document: unknown) => lengthOf(stack.resolve(document), types)
  const managed = resources.filter((each) => each instanceof CfnManagedPolicy)
  return [
    ...managed
      .map(({ policyDocument }) => sizeOf(policyDocument))
      .filter((size) => size > largest.managed)
      .map((size) => `the permissions boundary ${tooLarge(size, largest.managed)}: ${boundarySettings}`),
    ...[...inlineSizes(stack, resources, sizeOf)]
      .filter(([, size]) => size > largest.inline)
      .map(([role, size]) => `the policies of ${role} ${tooLarge(size, largest.inline)}: ${functionSettings}`),
  ]
}

const boundarySettings =
  'shorten the setting workloadActions or assumableRoleArns; one pattern with `*` can replace several actions or ARNs'
const functionSettings = 'shorten the setting allowedPolicyArns; one pattern with `*` can replace several ARNs'

function tooLarge(size: number, most: number): string {
  return `would have up to ${size} characters, and IAM takes ${most}`
}

/** The size of all inline policies per role, by logical ID. It includes separate policies that name the role. */
function inlineSizes(
  stack: Stack,
  resources: readonly CfnResource[],
  sizeOf: (document: unknown) => number,
): Map<string, number> {
  const sizes = new Map<string, number>()
  const add = (role: string, document: unknown) => sizes.set(role, (sizes.get(role) ?? 0) + sizeOf(document))
  for (const role of resources.filter((each) => each instanceof CfnRole)) {
    const own = inlinePolicies.parse(stack.resolve(role.policies) ?? [])
    for (const { policyDocument } of own) add(String(stack.resolve(role.logicalId)), policyDocument)
  }
  for (const policy of resources.filter((each) => each instanceof CfnPolicy)) {
    const { Roles } = references.parse({ Roles: stack.resolve(policy.roles) ?? [] })
    for (const { Ref } of Roles) add(Ref, policy.policyDocument)
  }
  return sizes
}

/** The length of the JSON without white space, with each intrinsic function at its maximum length. */
function lengthOf(value: unknown, types: ResourceTypes): number {
  return JSON.stringify(longestForm(value, types)).replaceAll(/\s/g, '').length
}
