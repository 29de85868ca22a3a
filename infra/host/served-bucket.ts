import { Stack } from 'aws-cdk-lib'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import type { PrivateBucket } from './private-bucket.ts'

/** A bucket whose files CloudFront serves under a name that callers trust. */
export interface ServedBucket {
  readonly bucketArn: string
  /** ARNs of what CloudFront serves them by. */
  readonly servingArns: readonly string[]
}

/** @param parts what the distribution uses of CloudFront, as the ends of ARNs: `function/NAME` */
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
