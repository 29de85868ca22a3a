import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { PrivateBucket } from './host/private-bucket.ts'
import type { DataRemoval } from './settings/removal.ts'

/** Days for which S3 retains a noncurrent version of a copy. */
const versionDays = 365

/**
 * The bucket with copies of the record. lambdas/operations/record/record-copies.ts writes the copies, and
 * `npm run deployment -- recover` reads them. The bucket remains when the stack is deleted, unless the settings say
 * otherwise.
 */
export class RecordCopies extends PrivateBucket {
  constructor(scope: Construct, id: string, removal: DataRemoval) {
    super(scope, id, removal)
    this.addLifecycleRule({
      noncurrentVersionExpiration: Duration.days(versionDays),
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    })
  }
}
