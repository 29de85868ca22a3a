import { type Account, issuerHostPath, providerArn, stsAudience } from '../clouds/aws/iam-names.ts'
import type { PolicyDocument } from '../clouds/aws/policy-document.ts'

/** "system:serviceaccount:NAMESPACE:NAME", the `sub` of a service account's tokens. */
export function subjectOf(account: { readonly namespace: string; readonly serviceAccount: string }): string {
  return `system:serviceaccount:${account.namespace}:${account.serviceAccount}`
}

/**
 * Lets exactly one service account of exactly one issuer assume the role. Subject and audience are compared exactly,
 * without wildcards. For an issuer that IAM accepts (255 characters), the document stays under the 2,048 characters of
 * a trust policy.
 */
export function trustPolicy(
  account: Account,
  trusted: { readonly issuerUrl: string; readonly namespace: string; readonly serviceAccount: string },
): PolicyDocument {
  const issuer = issuerHostPath(trusted.issuerUrl)
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn(account, trusted.issuerUrl) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:sub`]: subjectOf(trusted), [`${issuer}:aud`]: stsAudience } },
      },
    ],
  }
}
