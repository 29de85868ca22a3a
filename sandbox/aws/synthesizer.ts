import { CliCredentialsStackSynthesizer } from 'aws-cdk-lib'

/** The bucket for the bundles. Of the resources that `cdk bootstrap` creates, the deployment needs only this bucket. */
export const assetsBucket = 'sandbox-assets'

/** Deploys with the caller's own credentials, because MiniStack's S3 refuses the roles that `cdk bootstrap` creates. */
export class SandboxSynthesizer extends CliCredentialsStackSynthesizer {
  constructor(bucket = assetsBucket) {
    super({ fileAssetsBucketName: bucket })
  }

  // The base class declares these properties as `string | undefined`, which exactOptionalPropertyTypes refuses. The CDK
  // treats '' as an absent value.
  override get bootstrapQualifier(): string {
    return ''
  }

  override get lookupRole(): string {
    return ''
  }

  override get cloudFormationExecutionRole(): string {
    return ''
  }
}
