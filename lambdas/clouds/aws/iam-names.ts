/**
 * The audience of the tokens. STS requires it among the client IDs of the provider, and the webhook requests it. In
 * China, it is the same: https://docs.amazonaws.cn/en_us/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
 * (quoted in https://github.com/external-secrets/external-secrets/issues/1251). With a provider for
 * `sts.amazonaws.com.cn`, STS answers `Incorrect token audience`:
 * https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1704
 */
export const stsAudience = 'sts.amazonaws.com'

/** The AWS account of a provider or a role. */
export interface Account {
  /** aws, aws-cn or aws-us-gov. */
  readonly partition: string
  /** Twelve digits. */
  readonly accountId: string
}

/**
 * Returns the issuer without https://, the form in provider ARNs and in the condition keys of trust policies. The rest
 * of the issuer stays unchanged, because IAM compares it as text.
 */
export function issuerHostPath(issuerUrl: string): string {
  return issuerUrl.replace(/^https:\/\//, '')
}

export function providerArn(account: Account, issuerUrl: string): string {
  return `arn:${account.partition}:iam::${account.accountId}:oidc-provider/${issuerHostPath(issuerUrl)}`
}

/** Returns the issuer URL of the OIDC provider with this ARN. */
export function issuerOfProvider(arn: string): string {
  return `https://${arn.slice(arn.indexOf('/') + 1)}`
}

/** @param path has a slash at both ends */
export function roleArn(account: Account, path: string, name: string): string {
  return `arn:${account.partition}:iam::${account.accountId}:role${path}${name}`
}

/**
 * Returns the name and the account of a role from its ARN. The ARN may contain a path.
 *
 * @throws {RangeError} when the text is not the ARN of a role
 */
export function parseRoleArn(arn: string): Account & { readonly name: string } {
  const [, partition, accountId, name] = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? []
  if (partition === undefined || accountId === undefined || name === undefined) {
    throw new RangeError(`${arn} is not the ARN of an IAM role`)
  }
  return { partition, accountId, name }
}

/**
 * Returns the ARN of a session of this role, as GetCallerIdentity reports it. It does not contain the role's path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function assumedRoleArn(role: string, sessionName: string): string {
  const { partition, accountId, name } = parseRoleArn(role)
  return `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}`
}
