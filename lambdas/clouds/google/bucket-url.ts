export function bucketUrl(name: string): string {
  return `gs://${name}`
}

/** Returns the name of a bucket's IAM policy for reported changes. */
export function bucketPolicyOf(name: string): string {
  return `IAM policy of ${bucketUrl(name)}`
}
