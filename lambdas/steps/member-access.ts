/** Access of a step to IAM in a member account, through the member role there. */
import * as z from 'zod/mini'
import { AccountRefused } from '../errors/step-errors.ts'
import { optionalSetting, setting } from '../settings.ts'
import type { StepDescription } from './description.ts'
import { iamAccessOf } from './iam-access.ts'

export interface MemberAccess {
  /** The deployment's role that the step assumes first, because the member role trusts it. */
  readonly callerArn: string
  readonly roleArn: string
  readonly externalId: string
  /** CloudTrail in the account shows this name. */
  readonly sessionName: string
  readonly actions: readonly string[]
}

const externalIds = z.record(z.string(), z.string())

/**
 * Returns the access to the account of an IAM object, or undefined for the deployment's own account, where a function
 * uses its own role. A member role covers several steps, so a session policy limits it to the actions of this step.
 *
 * @param arn the ARN of the IAM object
 * @throws {AccountRefused} when the deployment no longer knows the account
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

/** ARN of the permissions boundary in the account of an IAM object. */
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
    reason: `the setting accounts of the deployment does not contain the account ${accountId}`,
    action: `Add ${accountId} to the setting accounts, deploy, and send the request again`,
  })
}
