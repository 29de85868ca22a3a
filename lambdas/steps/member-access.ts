/** How a step acts on the IAM of another account than the deployment's: by the member role there. */
import * as z from 'zod/mini'
import { AccountRefused } from '../errors/step-errors.ts'
import { optionalSetting, setting } from '../settings.ts'
import type { StepDescription } from './description.ts'
import { iamAccessOf } from './iam-access.ts'

export interface MemberAccess {
  /** The role of the deployment that is assumed first: the member role trusts it. */
  readonly callerArn: string
  readonly roleArn: string
  readonly externalId: string
  /** CloudTrail of the account shows it. */
  readonly sessionName: string
  /** All actions that the session may take. */
  readonly actions: readonly string[]
}

const externalIds = z.record(z.string(), z.string())

/**
 * The access to the account of an object in IAM; undefined in the deployment's own account, where a function acts as
 * itself. The session may do no more than the step itself: a member role may do what several steps do.
 *
 * @param arn of the object
 * @throws {AccountRefused} when the deployment does not know the account any more
 */
export function memberAccess(arn: string, description: StepDescription): MemberAccess | undefined {
  const { state, aws = [] } = description
  const { partition, accountId } = placeOf(arn)
  if (accountId === setting('ACCOUNT_ID')) return undefined
  const externalId = externalIds.parse(JSON.parse(optionalSetting('EXTERNAL_IDS') ?? '{}'))[accountId]
  if (externalId === undefined) throw unknownAccount(arn, accountId)
  return {
    callerArn: setting('MEMBER_CALLER_ARN'),
    roleArn: `arn:${partition}:iam::${accountId}:role/${setting('MEMBER_NAME')}-${iamAccessOf(description)}`,
    externalId,
    sessionName: `workload-identity-${state}`,
    actions: aws.flatMap(({ actions }) => actions),
  }
}

/** ARN of the boundary of the workloads' roles in the account of an object in IAM. */
export function boundaryArn(arn: string): string {
  const { partition, accountId } = placeOf(arn)
  if (accountId === setting('ACCOUNT_ID')) return setting('PERMISSIONS_BOUNDARY_ARN')
  return `arn:${partition}:iam::${accountId}:policy/${setting('MEMBER_NAME')}`
}

function placeOf(arn: string): { readonly partition: string; readonly accountId: string } {
  const [, partition = '', , , accountId = ''] = arn.split(':')
  return { partition, accountId }
}

function unknownAccount(object: string, accountId: string): AccountRefused {
  return new AccountRefused({
    object,
    reason: `the deployment does not act in the account ${accountId}: its setting accounts does not name it`,
    action: `Add ${accountId} to the setting accounts, deploy, and send the request again`,
  })
}
