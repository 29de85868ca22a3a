/** The four roles, the least powerful first. */
export const roleNames = ['viewer', 'developer', 'operator', 'administrator'] as const

export type RoleName = (typeof roleNames)[number]

const inScope = '(resource in principal.deployments || resource in principal.clusters)'

/** An operation that names workloads, all of them in namespaces of the grant. */
const ofOwnNamespaces = '!resource.namespaces.isEmpty() && principal.namespaces.containsAll(resource.namespaces)'

/**
 * The permissions of the roles, as Cedar policies by their ids. A company's own policies have ids without a slash, so
 * that none replaces one of these.
 */
export const rolePolicies: Readonly<Record<`${RoleName}/${string}`, string>> = {
  'viewer/lists': permit('viewer', 'action in Action::"list"'),
  'viewer/reads': permit('viewer', 'action in Action::"read"', inScope),

  'developer/lists': permit('developer', 'action in Action::"list"'),
  'developer/reads-clusters': permit('developer', 'action == Action::"get-cluster"', inScope),
  'developer/works-on-workloads': permit(
    'developer',
    'action in [Action::"read-workload", Action::"get-manifest", Action::"start-verification", Action::"tear-down-workload"]',
    'resource in principal.namespaces',
  ),
  'developer/adds-workloads': permit(
    'developer',
    'action in [Action::"add-workload", Action::"start-plan"]',
    'resource in principal.namespaces && principal.policyArns.containsAll(context.policyArns)',
  ),
  'developer/reads-operations': permit('developer', 'action == Action::"get-operation"', ofOwnNamespaces),
  'developer/cancels-own-operations': permit(
    'developer',
    'action == Action::"cancel-operation"',
    `resource.owner == principal.name && ${ofOwnNamespaces}`,
  ),

  'operator/lists': permit('operator', 'action in Action::"list"'),
  'operator/operates': permit('operator', 'action in [Action::"read", Action::"operate"]', inScope),

  'administrator/does-all': permit('administrator', 'action'),
}

function permit(role: RoleName, action: string, when?: string): string {
  const condition = when === undefined ? '' : `\nwhen { ${when} }`
  return `permit (principal in Role::"${role}", ${action}, resource)${condition};`
}
