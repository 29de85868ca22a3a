import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { bothForTests } from './support/both.ts'
import { query } from './support/query.ts'

const both = bothForTests()

const boundary = `arn:aws:iam::${account.id}:policy/edge`

function template(description: string): string {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  const Properties = {
    RoleName: 'bounded',
    Description: description,
    AssumeRolePolicyDocument: trust,
    PermissionsBoundary: boundary,
  }
  return JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties } } })
}

async function roleAfter(server: { endpoint: string }, Action: string, description: string) {
  const StackName = 'stack'
  const TemplateBody = template(description)
  const capability = { 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM' }
  await query(server, 'cloudformation', { Action, StackName, TemplateBody, ...capability })
  const iam = new IAMClient({ endpoint: server.endpoint, region: account.region, credentials: rootCredentials })
  for (;;) {
    const role = await iam.send(new GetRoleCommand({ RoleName: 'bounded' })).catch(() => undefined)
    if (role?.Role?.Description === description) return role.Role
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a role that CloudFormation creates or updates has its permissions boundary', async () => {
  const of = { PermissionsBoundaryArn: boundary }
  expect(await roleAfter(both.plain, 'CreateStack', 'first')).not.toMatchObject({ PermissionsBoundary: of })
  expect(await roleAfter(both.patched, 'CreateStack', 'first')).toMatchObject({ PermissionsBoundary: of })
  expect(await roleAfter(both.patched, 'UpdateStack', 'second')).toMatchObject({ PermissionsBoundary: of })
})

test('CloudFormation creates an alarm on a metric expression', async () => {
  const stat = { Metric: { Namespace: 'AWS/States', MetricName: 'ExecutionsFailed' }, Period: 300, Stat: 'Sum' }
  const Metrics = [
    { Id: 'sum', Expression: 'SUM(METRICS())' },
    { Id: 'm0', MetricStat: stat, ReturnData: false },
  ]
  const Properties = {
    Metrics,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    EvaluationPeriods: 1,
  }
  const TemplateBody = JSON.stringify({ Resources: { Failed: { Type: 'AWS::CloudWatch::Alarm', Properties } } })
  expect(await statusAfter(both.plain, TemplateBody)).not.toBe('CREATE_COMPLETE')
  expect(await statusAfter(both.patched, TemplateBody)).toBe('CREATE_COMPLETE')
})

async function statusAfter(server: { endpoint: string }, TemplateBody: string): Promise<string> {
  await query(server, 'cloudformation', { Action: 'CreateStack', StackName: 'alarms', TemplateBody })
  for (;;) {
    const answer = await query(server, 'cloudformation', { Action: 'DescribeStacks', StackName: 'alarms' })
    const status = /<StackStatus>(\w+)</.exec(answer)?.[1]
    if (status !== undefined && !status.endsWith('IN_PROGRESS')) return status
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const bucketTags = async (server: { endpoint: string }) => {
  const { TagSet = [] } = await s3Of(server).send(new GetBucketTaggingCommand({ Bucket: 'bucket' }))
  return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))
}

test('a bucket that CloudFormation creates or updates has its tags, and is not deleted while it has objects', async () => {
  const bucket = (tags: object) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    return { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket', Tags } } }
  }
  await stackIs(both.plain, 'CreateStack', bucket({ kind: 'first' }), 'CREATE_COMPLETE')
  await expect(bucketTags(both.plain)).rejects.toMatchObject({ name: 'NoSuchTagSet' })
  await stackIs(both.patched, 'CreateStack', bucket({ kind: 'first', gone: 'later' }), 'CREATE_COMPLETE')
  expect(await bucketTags(both.patched)).toMatchObject({ kind: 'first', gone: 'later' })
  await stackIs(both.patched, 'UpdateStack', bucket({ kind: 'second' }), 'UPDATE_COMPLETE')
  expect(await bucketTags(both.patched)).toEqual({ kind: 'second' })

  for (const server of [both.plain, both.patched]) {
    await s3Of(server).send(new PutObjectCommand({ Bucket: 'bucket', Key: 'object', Body: 'content' }))
  }
  await stackIs(both.plain, 'DeleteStack', undefined, undefined)
  await expect(s3Of(both.plain).send(new HeadBucketCommand({ Bucket: 'bucket' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
  await stackIs(both.patched, 'DeleteStack', undefined, 'DELETE_FAILED')
  await s3Of(both.patched).send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'object' }))
  await stackIs(both.patched, 'DeleteStack', undefined, undefined)
})

function s3Of({ endpoint }: { endpoint: string }): S3Client {
  return new S3Client({ endpoint, region: account.region, credentials: rootCredentials, forcePathStyle: true })
}

/** Changes the stack of buckets, and waits until it has this status, or until it no longer exists. */
async function stackIs(
  server: { endpoint: string },
  Action: string,
  Resources: object | undefined,
  status: string | undefined,
) {
  const StackName = 'buckets'
  await query(server, 'cloudformation', {
    Action,
    StackName,
    ...(Resources && { TemplateBody: JSON.stringify({ Resources }) }),
  })
  const statusNow = async () => {
    const answer = await query(server, 'cloudformation', { Action: 'DescribeStacks', StackName }).catch(() => '')
    return /<StackStatus>(\w+)</.exec(answer)?.[1]
  }
  await expect.poll(statusNow, { timeout: 10_000 }).toBe(status)
}
