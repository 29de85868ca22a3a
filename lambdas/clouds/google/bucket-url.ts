/** `gs://NAME`. */
export function bucketUrl(name: string): string {
  return `gs://${name}`
}

/** How changes name the IAM policy of a bucket. */
export function bucketPolicyOf(name: string): string {
  return `IAM policy of ${bucketUrl(name)}`
}
