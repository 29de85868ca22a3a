import { type AccessRule, allows } from '../clouds/kubernetes/access.ts'
import { canaryName, candidateName, webhookName } from '../webhook/desired/names.ts'

/** The accounts of the webhook have their names in all rights. */
const ofWebhook: readonly string[] = [webhookName, candidateName, canaryName]

/**
 * Whether these rules are on accounts of workloads by name, as "wid rights --named-accounts" grants them. Undefined where they are
 * on none: then nobody has chosen yet.
 */
export function areByName(rules: readonly AccessRule[]): boolean | undefined {
  const names = rules.filter(isOnAccounts).map(({ resourceNames = [] }) => resourceNames)
  if (names.some((each) => each.some((name) => !ofWebhook.includes(name)))) return true
  return names.some((each) => each.length === 0) ? false : undefined
}

function isOnAccounts(rule: AccessRule): boolean {
  return allows({ ...rule, resourceNames: [] }, { verb: 'patch', group: '', resource: 'serviceaccounts' })
}
