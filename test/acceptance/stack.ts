/** Reads and deletes the stack of the acceptance. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { emptyBucket } from './buckets.ts'
import { type AwsTarget, clientOf } from './target.ts'

/** More than AWS needs to disable and delete a CloudFront distribution. */
const patienceMs = 60 * 60_000

export interface StackResource {
  readonly type: string
  readonly id: string
  readonly status: string
}

/** The stack. Undefined when it does not exist. */
export async function readStack(target: AwsTarget, StackName: string): Promise<Stack | undefined> {
  try {
    return (await clientAt(target).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

export async function outputsOf(target: AwsTarget, name: string): Promise<Readonly<Record<string, string>>> {
  const { Outputs = [] } = (await readStack(target, name)) ?? {}
  return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
}

export async function resourcesOf(target: AwsTarget, StackName: string): Promise<StackResource[]> {
  const found: StackResource[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: clientAt(target) },
    { StackName },
  )) {
    for (const {
      ResourceType: type = '',
      PhysicalResourceId: id = '',
      ResourceStatus: status = '',
    } of StackResourceSummaries) {
      found.push({ type, id, status })
    }
  }
  return found
}

/**
 * Deletes the stack with the objects in its buckets, and waits until it is deleted. It first waits for a running deployment, whose
 * later resources would remain. It retries a failed deletion once, because an operation that has just ended may still write the copy
 * of its record.
 *
 * @param prepare removes objects that prevent the deletion, before each attempt, and also without a stack
 * @throws Error with the resources that could not be deleted
 */
export async function removeStack(target: AwsTarget, name: string, prepare: () => Promise<void>): Promise<void> {
  // Only the ID identifies a deleted stack.
  const id = (await until(target, name, isSettled))?.StackId
  await prepare()
  if (id === undefined || (await isRemoved(target, id))) return
  await prepare()
  if (await isRemoved(target, id)) return
  throw new Error(`CloudFormation did not delete the stack ${name}: ${await reasonsOf(target, id)}`)
}

async function isRemoved(target: AwsTarget, StackName: string): Promise<boolean> {
  const resources = await resourcesOf(target, StackName)
  for (const { type, id, status } of resources) {
    if (type === 'AWS::S3::Bucket' && id !== '' && status !== 'DELETE_COMPLETE') await emptyBucket(target, id)
  }
  await clientAt(target).send(new DeleteStackCommand({ StackName }))
  const ended = await until(target, StackName, (status) => /^DELETE_(COMPLETE|FAILED)$/.test(status))
  return ended?.StackStatus !== 'DELETE_FAILED'
}

/** Waits for the desired status, and returns the stack. Undefined when it does not exist. */
async function until(
  target: AwsTarget,
  name: string,
  isDesired: (status: string) => boolean,
): Promise<Stack | undefined> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const stack = await readStack(target, name)
    if (stack === undefined || isDesired(stack.StackStatus ?? '')) return stack
    if (Date.now() > deadline) throw new Error(`The stack ${name} is still ${stack.StackStatus}`)
    await sleep(target.endpoint === undefined ? 5_000 : 250)
  }
}

/** A stack that has only a change set stays in review. */
function isSettled(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS'
}

async function reasonsOf(target: AwsTarget, StackName: string): Promise<string> {
  const reasons: string[] = []
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client: clientAt(target) }, { StackName })) {
    for (const { ResourceStatus = '', LogicalResourceId, ResourceStatusReason } of StackEvents) {
      if (ResourceStatus === 'DELETE_FAILED') reasons.push(`${LogicalResourceId}: ${ResourceStatusReason}`)
    }
  }
  return [...new Set(reasons)].join('; ') || 'no reason is known'
}

function clientAt(target: AwsTarget): CloudFormationClient {
  return new CloudFormationClient(clientOf(target))
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: a ValidationError means that the stack does not exist. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof CloudFormationServiceException &&
    error.name === 'ValidationError' &&
    /does not exist/.test(error.message)
  )
}
