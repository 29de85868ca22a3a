import { createHash } from 'node:crypto'
import type { BucketState } from '../clouds/google/bucket-client.ts'
import { bucketLabels } from '../ownership/labels.ts'
import { bucketOwnership } from './bucket-removal.ts'

/**
 * The label value for a deployment: ACCOUNT_REGION_HASH. A value has at most 63 lower-case letters, digits, hyphens and
 * underscores, so the name of the stack does not fit:
 * https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels
 *
 * @param deployment ACCOUNT/REGION/STACK
 */
export function deploymentLabel(deployment: string): string {
  const [account, region] = deployment.split('/')
  return `${account}_${region}_${createHash('sha256').update(deployment).digest('hex').slice(0, 12)}`
}

const label = /^\d{12}_[a-z0-9-]{1,30}_[0-9a-f]{12}$/

/**
 * Returns the label of another deployment that owns the bucket, safe to display, or undefined if no other deployment
 * owns it.
 */
export function otherDeploymentOf(state: Pick<BucketState, 'labels'>, deployment: string): string | undefined {
  const observed = state.labels[bucketLabels.deployment]
  const isOurs = observed === undefined || observed === deploymentLabel(deployment)
  if (isOurs || bucketOwnership(state) === 'theirs') return undefined
  return label.test(observed) ? observed : 'of an unknown name'
}
