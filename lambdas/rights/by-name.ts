import { type AccessRule, allows } from '../clouds/kubernetes/access.ts'
import { canaryName, candidateName, webhookName } from '../webhook/desired/names.ts'

/** All rights name the accounts of the webhook. */
const ofWebhook: readonly string[] = [webhookName, candidateName, canaryName]

/**
 * Whether these rules are on named accounts of workloads, as "wid rights --named-accounts" grants them. Undefined when
 * they are on no accounts of workloads: then neither variant was chosen yet.
 */
export function areByName(rules: readonly AccessRule[]): boolean | undefined {
  const names = rules.filter(isOnAccounts).map(({ resourceNames = [] }) => resourceNames)
  if (names.some((each) => each.some((name) => !ofWebhook.includes(name)))) return true
  return names.some((each) => each.length === 0) ? false : undefined
}

function isOnAccounts(rule: AccessRule): boolean {
  return allows({ ...rule, resourceNames: [] }, { verb: 'patch', group: '', resource: 'serviceaccounts' })
}
