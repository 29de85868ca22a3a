import type { Stack } from 'aws-cdk-lib'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import * as z from 'zod'
import { longestForm, type ResourceTypes, resourceTypes } from './longest-form.ts'

/** Lambda's limit in bytes for the names and values of all variables: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const most = 4096

const environment = z.object({ variables: z.record(z.string(), z.unknown()) })

/** One line for each function of the stack whose variables exceed Lambda's limit, with the settings to shorten. */
export function environmentSizeMistakes(stack: Stack): string[] {
  const types = resourceTypes(stack)
  return stack.node
    .findAll()
    .filter((each) => each instanceof CfnFunction)
    .map((each) => ({
      name: String(stack.resolve(each.logicalId)),
      size: sizeOf(stack.resolve(each.environment), types),
    }))
    .filter(({ size }) => size > most)
    .map(
      ({ name, size }) =>
        `the variables of ${name} would have up to ${size} bytes, and Lambda takes ${most}: ${advice}`,
    )
}

const advice =
  'shorten the settings access, accounts, allowedPolicyArns or inlinePolicyActions; one pattern with `*` can replace several ARNs or actions'

function sizeOf(resolved: unknown, types: ResourceTypes): number {
  const { variables } = environment.parse(resolved ?? { variables: {} })
  const parts = Object.entries(variables).flatMap(([name, value]) => [name, String(longestForm(value, types))])
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}
