import { CliCredentialsStackSynthesizer } from 'aws-cdk-lib'

/** The bucket for the bundles: all that a deployment needs of what `cdk bootstrap` makes. */
export const assetsBucket = 'sandbox-assets'

/** Deploys with the caller's own credentials: the roles that `cdk bootstrap` makes are refused at MiniStack's S3. */
export class SandboxSynthesizer extends CliCredentialsStackSynthesizer {
  constructor(bucket = assetsBucket) {
    super({ fileAssetsBucketName: bucket })
  }

  // The base class declares these `string | undefined`, which exactOptionalPropertyTypes refuses; '' is treated as absent.
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
