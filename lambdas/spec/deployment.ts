/** The facts of the deployment that a request is validated against: where it is, and what its operators allow. */
export interface Deployment {
  /** ACCOUNT/REGION/STACK, as marks on objects name it. */
  readonly name: string
  /** AWS region of the functions and of the secrets that they read. */
  readonly region: string
  /** Twelve digits. */
  readonly accountId: string
  /** Twelve digits of each other account in which the deployment may make providers and roles. */
  readonly memberAccounts: readonly string[]
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  /** Host names of the issuers that the deployment hosts, the one of new issuers first. Empty when it hosts none. */
  readonly issuerHosts: readonly string[]
  /** First part of the names of all secrets: PREFIX/CLUSTER/... */
  readonly secretPrefix: string
  /** ARNs of the managed policies that a role may get; `*` stands for any number of characters. */
  readonly allowedPolicyArns: readonly string[]
  /**
   * Actions that inline policies may allow; `*` stands for any number of characters. Empty when the deployment takes no
   * inline policies.
   */
  readonly inlinePolicyActions: readonly string[]
}
