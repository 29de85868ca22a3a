import { RemovalPolicy } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { DataRemoval } from '../settings/removal.ts'

/**
 * A bucket that is readable only with an explicit right, and not through an access point. An access point has its own
 * policy, and requests through it do not name the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 *
 * CloudFront needs the object ownership "bucket owner enforced":
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, removal: DataRemoval) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      // S3 does not delete a bucket with objects, so a function of the CDK deletes them first.
      ...(removal === 'destroy' && { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
    })
    this.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['s3:*'],
        principals: [new AnyPrincipal()],
        resources: [this.bucketArn, this.arnForObjects('*')],
        conditions: { Null: { 's3:DataAccessPointArn': 'false' } },
      }),
    )
  }

  // The base class declares `boolean | undefined`, which exactOptionalPropertyTypes rejects where an IBucket is
  // expected.
  override get isWebsite(): boolean {
    return false
  }
}
