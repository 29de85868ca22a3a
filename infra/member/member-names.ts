/**
 * The names that the deployment and its member accounts use to refer to each other. CloudFormation does not generate
 * them, because each side refers to resources of the other side before they exist. IAM names are unique across all
 * regions of an account, so the names contain the region of the deployment.
 */

import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { textOf } from '../settings/setting-text.ts'

/**
 * The start of the names of all deployments, and of their secret prefixes. The permissions boundary of one deployment
 * recognizes by it the resources of every other one.
 */
export const nameStart = 'WorkloadIdentity'
export const secretPrefixStart = 'workload-identity'

/**
 * The name of a deployment, which is also the name of its stack. IAM names have at most 64 characters, and member roles
 * append the account, the region and `reader` or `writer`. Policies refer to the resources of a deployment as `NAME-*`.
 * A name has no hyphen, so that the pattern of one deployment never matches the resources of another.
 */
export const deploymentName = textOf(
  `${nameStart}, followed by up to 8 letters and digits`,
  new RegExp(`^${nameStart}[A-Za-z0-9]{0,8}$`),
)

/** The location of a deployment, as part of its names. */
export interface DeploymentLocation {
  readonly stackName: string
  readonly account: string
  readonly region: string
}

export const iamAccesses: readonly IamAccess[] = ['reader', 'writer']

/** Name of the workloads' boundary in each member account, and prefix of the member roles' names. */
export function memberPrefix({ stackName, account, region }: DeploymentLocation): string {
  return `${stackName}-${account}-${region}`
}

/** Name of the member role for this access, in each member account. */
export function memberRoleName(location: DeploymentLocation, access: IamAccess): string {
  return `${memberPrefix(location)}-${access}`
}

/** Name of the role in the deployment's account that the member roles for this access trust. */
export function memberCallerName({ stackName, region }: DeploymentLocation, access: IamAccess): string {
  return `${stackName}-${region}-${access}`
}
