import * as z from 'zod/mini'

export const access = z.object({
  verb: z.string(),
  group: z.string(),
  /** As RBAC spells it: "deployments", "serviceaccounts/token". */
  resource: z.string(),
  /** Without a namespace, the access is cluster-wide. */
  namespace: z.exactOptional(z.string()),
  /** Without a name, the access is to objects of any name. */
  name: z.exactOptional(z.string()),
})

export type Access = Readonly<z.output<typeof access>>

/** An RBAC rule, as an API server lists it. */
export const accessRule = z.object({
  verbs: z.array(z.string()),
  apiGroups: z.optional(z.array(z.string())),
  resources: z.optional(z.array(z.string())),
  resourceNames: z.optional(z.array(z.string())),
})

export type AccessRule = Readonly<z.output<typeof accessRule>>

/**
 * Whether the rule allows the access. Ignores the namespace of the access, because each rule comes from a review of one
 * namespace. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
export function allows(rule: AccessRule, { verb, group, resource, name }: Access): boolean {
  const { verbs, apiGroups = [], resources = [], resourceNames = [] } = rule
  return (
    has(verbs, verb) &&
    has(apiGroups, group) &&
    (has(resources, resource) || resources.includes(ofAllResources(resource))) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  )
}

function has(values: readonly string[], wanted: string): boolean {
  return values.includes('*') || values.includes(wanted)
}

/** For "serviceaccounts/token", the wildcard is "*" + "/token". */
function ofAllResources(resource: string): string {
  return resource.replace(/^[^/]*/, '*')
}

/** Returns the access for messages: "patch serviceaccounts reader in apps". */
export function accessText({ verb, group, resource, namespace, name }: Access): string {
  const [plural = '', ...subresource] = resource.split('/')
  const qualified = [group === '' ? plural : `${plural}.${group}`, ...subresource].join('/')
  return [verb, qualified, name, ...(namespace === undefined ? [] : [`in ${namespace}`])]
    .filter((word) => word !== undefined)
    .join(' ')
}
