import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { noClaim, userFor } from '../../../lambdas/claims/bucket-claim.ts'
import { holdBucket, joiningWrite, readBucketClaim } from '../../../lambdas/claims/bucket-claims.ts'
import type { Resource } from '../../../lambdas/claims/claim.ts'
import { hold } from '../../../lambdas/claims/claims.ts'
import { table } from '../../../lambdas/operations/record/table.ts'

/** Makes the cluster the owner of the resources, as a setup does. */
export function own(cluster: string, ...resources: readonly Resource[]): Promise<void> {
  return hold(resources, { cluster })
}

/** How a cluster is to use a bucket. */
export interface BucketUse {
  readonly account: string
  readonly role?: string
  readonly project?: string
  /** Whether a setup has created or labelled the bucket. */
  readonly held?: boolean
  readonly operationId?: string
}

/** Makes the cluster a user of the bucket, as a setup does. */
export async function useBucket(
  bucket: string,
  cluster: string,
  {
    account,
    role = 'roles/storage.objectAdmin',
    project = 'platform-prod',
    held = false,
    operationId = 'o',
  }: BucketUse,
): Promise<void> {
  const read = await readBucketClaim(bucket, cluster)
  const terms = { project, account, role }
  const user = userFor(read ?? noClaim, cluster, { ...terms, operationId })
  await table.send(new TransactWriteCommand({ TransactItems: [joiningWrite(bucket, read, { cluster, user })] }))
  if (held) await holdBucket(bucket, { cluster, terms, isGranted: false })
}
