import { type AccessRule, allows } from '../clouds/kubernetes/access.ts'
import { canaryName, candidateName, webhookName } from '../webhook/desired/names.ts'

/** The webhook's accounts. Rules name these in both variants, so they do not tell the variant. */
const ofWebhook: readonly string[] = [webhookName, candidateName, canaryName]

/**
 * Whether these rules name the service accounts of workloads, like the rules of "wid rights --named-accounts". False if
 * they cover all service accounts. Undefined if no rule covers workloads, because neither variant was granted yet.
 */
export function areByName(rules: readonly AccessRule[]): boolean | undefined {
  const names = rules.filter(isOnAccounts).map(({ resourceNames = [] }) => resourceNames)
  if (names.some((each) => each.some((name) => !ofWebhook.includes(name)))) return true
  return names.some((each) => each.length === 0) ? false : undefined
}

function isOnAccounts(rule: AccessRule): boolean {
  return allows({ ...rule, resourceNames: [] }, { verb: 'patch', group: '', resource: 'serviceaccounts' })
}
