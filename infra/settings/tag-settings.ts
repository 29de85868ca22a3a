/** The setting `tags`. */
import { type Stack, Tags } from 'aws-cdk-lib'
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import * as z from 'zod'
import { isInChina } from '../host/china.ts'
import { textOf } from './setting-text.ts'

/** The characters that IAM accepts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
const characters = String.raw`[\p{L}\p{N}\p{Z}_.:/=+@-]`

const key = textOf(
  'the key of a tag: 1 to 128 letters, digits, spaces and _.:/=+@-',
  new RegExp(`^${characters}{1,128}$`, 'u'),
).refine(
  (text) => !/^(aws|workload-identity):/i.test(text),
  'begins with aws: or workload-identity:, the prefixes of the tags of AWS and of this product: choose another key',
)

const value = textOf(
  'the value of a tag: 1 to 256 letters, digits, spaces and _.:/=+@-',
  new RegExp(`^${characters}{1,256}$`, 'u'),
)

/** AWS allows 50 tags per resource, and CDK adds its own tags to buckets. */
const mostTags = 45

export const tagSettings = z
  .record(key, value)
  .default({})
  .check(({ value: tags, issues }) => {
    const keys = Object.keys(tags)
    if (keys.length > mostTags) {
      const message = `has ${keys.length} tags: use ${mostTags} at most`
      issues.push({ code: 'custom', input: tags, path: [], message })
    }
    // IAM ignores the case of tag keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
    const lower = keys.map((each) => each.toLowerCase())
    for (const [index, each] of keys.entries()) {
      const first = keys[lower.indexOf(lower[index] ?? '')]
      if (first === each) continue
      const message = `differs from ${first} only in case, which IAM ignores: use one of the two`
      issues.push({ code: 'custom', input: tags, path: [each], message })
    }
  })
  .meta({
    description:
      'Tags of the resources of the stack, and of member stacks. Roles and providers of workloads [do not have them](deployment.md#scps-that-require-tags).',
    examples: [{ 'cost-center': '1234', team: 'platform' }],
  })

export function tagAll(stack: Stack, tags: Readonly<Record<string, string>>): void {
  const excludeResourceTypes = isInChina(stack) ? [CfnEventSourceMapping.CFN_RESOURCE_TYPE_NAME] : []
  for (const [name, text] of Object.entries(tags)) Tags.of(stack).add(name, text, { excludeResourceTypes })
}
