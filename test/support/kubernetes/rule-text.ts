import type { Rule } from '../../../lambdas/rights/rules.ts'

/** The rule on one line: "get, patch deployments (apps) named web in apps". */
export function ruleText({ verbs, apiGroup, resources, names, namespace }: Rule): string {
  const group = apiGroup === '' ? '' : ` (${apiGroup})`
  const named = names ? ` named ${names.join(', ')}` : ''
  return `${verbs.join(', ')} ${resources.join(', ')}${group}${named}${inText(namespace)}`
}

export function inText(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` in ${namespace}`
}
