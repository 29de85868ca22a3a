import { Stack } from 'aws-cdk-lib'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import type { PrivateBucket } from './private-bucket.ts'

/** A bucket whose files CloudFront delivers under a host name that clients trust. */
export interface ServedBucket {
  readonly bucketArn: string
  /** ARNs of the CloudFront resources that deliver the files. */
  readonly servingArns: readonly string[]
}

/** @param parts the CloudFront resources of the distribution, as ARN suffixes: `function/NAME` */
export function servedBucket(
  bucket: PrivateBucket,
  distribution: Distribution,
  parts: readonly string[],
): ServedBucket {
  const { partition, account } = Stack.of(bucket)
  return {
    bucketArn: bucket.bucketArn,
    servingArns: [
      distribution.distributionArn,
      ...parts.map((part) => `arn:${partition}:cloudfront::${account}:${part}`),
    ],
  }
}
