import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { PrivateBucket } from './host/private-bucket.ts'
import type { DataRemoval } from './settings/removal.ts'

/** Days for which a version of a copy is kept after another one has taken its place. */
const versionDays = 365

/**
 * The copies of the record that lambdas/operations/record/record-copies.ts writes, and `npm run deployment -- recover` reads. They remain when
 * the stack is deleted, unless the settings say otherwise.
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
