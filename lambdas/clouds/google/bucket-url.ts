export function bucketUrl(name: string): string {
  return `gs://${name}`
}

/** The name of a bucket's IAM policy in reported changes. */
export function bucketPolicyOf(name: string): string {
  return `IAM policy of ${bucketUrl(name)}`
}
