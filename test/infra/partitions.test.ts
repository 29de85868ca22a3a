import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { keysIn } from '../support/kms-keys.ts'
import { exampleApp, exampleStack, stackProps } from '../support/stack.ts'

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) })
const { context } = cdkJson.parse(JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')))

it.each([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('in the partition %s no ARN of the template is of another', (partition, region) => {
  const env = { account: stackProps.env.account, region }
  const allowedPolicyArns = [`arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`]
  const { '@aws-cdk/core:enablePartitionLiterals': literal } = context
  const app = exampleApp({ '@aws-cdk/core:enablePartitionLiterals': literal })
  const kmsKeys = keysIn(partition, region)
  const template = JSON.stringify(Template.fromStack(exampleStack(app, { env, allowedPolicyArns, kmsKeys })).toJSON())
  const partitions = [...template.matchAll(/\barn:([a-z-]+):/g)].map(([, name]) => name)
  expect(partitions.length).toBeGreaterThan(100)
  expect([...new Set(partitions)]).toEqual([partition])
  // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
  const services = [...template.matchAll(/"kms:ViaService":"([^"]+)"/g)].map(([, name]) => name)
  expect([...new Set(services)].toSorted()).toEqual(
    ['dynamodb', 'logs', 'secretsmanager', 'sns'].map((service) => `${service}.${region}.amazonaws.com`),
  )
})
