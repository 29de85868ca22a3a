/** The properties of the deployment that requests are validated against: its location, and what its operators allow. */
export interface Deployment {
  /** ACCOUNT/REGION/STACK, as in labels and tags of objects. */
  readonly name: string
  /** AWS region of the functions and of the secrets that they read. */
  readonly region: string
  readonly accountId: string
  /** Twelve digits of each other account in which the deployment may create providers and roles. */
  readonly memberAccounts: readonly string[]
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  /** Hosts of the issuers that the deployment hosts, first the one for new issuers. Empty when it hosts none. */
  readonly issuerHosts: readonly string[]
  /** Prefix of the names of all secrets: PREFIX/CLUSTER/... */
  readonly secretPrefix: string
  /** ARNs of the managed policies that a role may have; `*` stands for any number of characters. */
  readonly allowedPolicyArns: readonly string[]
  /** Actions that inline policies may allow; `*` stands for any number of characters. Empty when none is allowed. */
  readonly inlinePolicyActions: readonly string[]
}
