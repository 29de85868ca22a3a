/** The stack of the acceptance, as CloudFormation has it. */

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
import { clientOf, type Place } from './place.ts'

/** Longer than AWS takes to disable and to delete a distribution of CloudFront. */
const patienceMs = 60 * 60_000

export interface StackResource {
  readonly type: string
  readonly id: string
  readonly status: string
}

/** The stack; undefined when there is none. */
export async function readStack(place: Place, StackName: string): Promise<Stack | undefined> {
  try {
    return (await clientAt(place).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

export async function outputsOf(place: Place, name: string): Promise<Readonly<Record<string, string>>> {
  const { Outputs = [] } = (await readStack(place, name)) ?? {}
  return Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
}

export async function resourcesOf(place: Place, StackName: string): Promise<StackResource[]> {
  const found: StackResource[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: clientAt(place) },
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
 * Deletes the stack with the objects in its buckets, and waits until it is gone. A deployment that is under way is waited for:
 * what it makes meanwhile would remain. A deletion that fails is tried once more: an operation that has just ended may still
 * write the copy of its record.
 *
 * @param prepare removes what keeps resources of the stack, before each attempt, and where there is no stack
 * @throws Error with what could not be deleted
 */
export async function removeStack(place: Place, name: string, prepare: () => Promise<void>): Promise<void> {
  // The name finds no stack that is gone, and the ID does.
  const id = (await until(place, name, isSettled))?.StackId
  await prepare()
  if (id === undefined || (await isRemoved(place, id))) return
  await prepare()
  if (await isRemoved(place, id)) return
  throw new Error(`CloudFormation did not delete the stack ${name}: ${await reasonsOf(place, id)}`)
}

async function isRemoved(place: Place, StackName: string): Promise<boolean> {
  const resources = await resourcesOf(place, StackName)
  for (const { type, id, status } of resources) {
    if (type === 'AWS::S3::Bucket' && id !== '' && status !== 'DELETE_COMPLETE') await emptyBucket(place, id)
  }
  await clientAt(place).send(new DeleteStackCommand({ StackName }))
  const ended = await until(place, StackName, (status) => /^DELETE_(COMPLETE|FAILED)$/.test(status))
  return ended?.StackStatus !== 'DELETE_FAILED'
}

/** Gives back the stack with the desired status; undefined when there is none, or no more. */
async function until(place: Place, name: string, isDesired: (status: string) => boolean): Promise<Stack | undefined> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const stack = await readStack(place, name)
    if (stack === undefined || isDesired(stack.StackStatus ?? '')) return stack
    if (Date.now() > deadline) throw new Error(`The stack ${name} is still ${stack.StackStatus}`)
    await sleep(place.endpoint === undefined ? 5_000 : 250)
  }
}

/** A stack of a change set alone stays in review. */
function isSettled(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS'
}

async function reasonsOf(place: Place, StackName: string): Promise<string> {
  const reasons: string[] = []
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client: clientAt(place) }, { StackName })) {
    for (const { ResourceStatus = '', LogicalResourceId, ResourceStatusReason } of StackEvents) {
      if (ResourceStatus === 'DELETE_FAILED') reasons.push(`${LogicalResourceId}: ${ResourceStatusReason}`)
    }
  }
  return [...new Set(reasons)].join('; ') || 'no reason is known'
}

function clientAt(place: Place): CloudFormationClient {
  return new CloudFormationClient(clientOf(place))
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: a ValidationError says that it does not exist. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof CloudFormationServiceException &&
    error.name === 'ValidationError' &&
    /does not exist/.test(error.message)
  )
}
