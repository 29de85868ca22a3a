/**
 * The names by which the deployment and its member accounts find each other. They are given, and not made by
 * CloudFormation, because each side names the other before it is there. IAM's names are one space for all regions.
 */

import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { textOf } from '../settings/setting-text.ts'

/**
 * The name of a deployment, which is that of its stack. IAM's names have 64 characters at most, and those of member
 * roles have the account, the region and `reader` or `writer` behind it. Rights name the resources of a deployment by
 * `NAME-*`: without hyphens no name begins with another one and a hyphen.
 */
export const deploymentName = textOf(
  'a name of 1 to 24 letters and digits that begins with a letter',
  /^[A-Za-z][A-Za-z0-9]{0,23}$/,
)

/** Where a deployment is, as far as names tell it from others. */
export interface DeploymentPlace {
  readonly stackName: string
  readonly account: string
  readonly region: string
}

export const iamAccesses: readonly IamAccess[] = ['reader', 'writer']

/** Name of the boundary of the workloads' roles in each member account, and the first part of those of the member roles. */
export function memberName({ stackName, account, region }: DeploymentPlace): string {
  return `${stackName}-${account}-${region}`
}

/** Name of the member role for this access, in each member account. */
export function memberRoleName(place: DeploymentPlace, access: IamAccess): string {
  return `${memberName(place)}-${access}`
}

/** Name of the role that this member role trusts, in the account of the deployment. */
export function memberCallerName({ stackName, region }: DeploymentPlace, access: IamAccess): string {
  return `${stackName}-${region}-${access}`
}
