import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { exampleStack, portalProps } from '../../support/aws/stack.ts'

const policies = z.array(
  z.object({ Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(z.looseObject({})) }) }) }),
)

test('each bucket denies requests through access points, because the policy of an access point may allow anybody', () => {
  const stack = exampleStack(undefined, { ...portalProps(), issuerHost: {} })
  const template = Template.fromStack(stack)
  const found = policies.parse(Object.values(template.findResources('AWS::S3::BucketPolicy')))
  expect(found).toHaveLength(Object.keys(template.findResources('AWS::S3::Bucket')).length)
  expect(found.length).toBeGreaterThan(2)
  for (const { Properties } of found) {
    expect(Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: [expect.anything(), expect.anything()],
      Condition: { Null: { 's3:DataAccessPointArn': 'false' } },
    })
  }
})
