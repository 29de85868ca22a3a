import type { Deployment } from '../../spec/deployment.ts'
import { issueAt, type ValidationIssue } from '../../spec/issue.ts'
import type { RequestDraft } from '../../spec/schema.ts'

/** The account of the provider and the roles must be the deployment's own, or one of its setting `accounts`. */
export function accountIssues({ cluster = {} }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  const { awsAccountId } = cluster
  const { accountId, memberAccounts } = deployment
  if (awsAccountId === undefined || [accountId, ...memberAccounts].includes(awsAccountId)) return []
  return [
    issueAt(
      ['cluster', 'awsAccountId'],
      'is not an account of this deployment: omit it, or ask the operators of the deployment to add it to the setting accounts',
    ),
  ]
}
