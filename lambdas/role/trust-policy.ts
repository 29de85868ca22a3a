import { type Account, issuerHostPath, providerArn, stsAudience } from '../clouds/aws/iam-names.ts'
import type { PolicyDocument } from '../clouds/aws/policy-document.ts'

/** "system:serviceaccount:NAMESPACE:NAME", the `sub` of a service account's tokens. */
export function subjectOf(account: { readonly namespace: string; readonly serviceAccount: string }): string {
  return `system:serviceaccount:${account.namespace}:${account.serviceAccount}`
}

interface Trusted {
  /** One issuer, or the new and the former issuer while the cluster moves. */
  readonly issuerUrls: readonly string[]
  readonly namespace: string
  readonly serviceAccount: string
}

/**
 * Lets exactly one service account, with tokens of these issuers, assume the role. Subject and audience are compared
 * without wildcards. With one issuer of IAM's maximum length (255 characters), the document fits into the limit of
 * 2,048 characters for a trust policy.
 */
export function trustPolicy(account: Account, trusted: Trusted): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: trusted.issuerUrls.map((issuerUrl) => statementOf(account, issuerUrl, trusted)),
  }
}

function statementOf(account: Account, issuerUrl: string, trusted: Trusted): PolicyDocument {
  const issuer = issuerHostPath(issuerUrl)
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(account, issuerUrl) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:sub`]: subjectOf(trusted), [`${issuer}:aud`]: stsAudience } },
  }
}
