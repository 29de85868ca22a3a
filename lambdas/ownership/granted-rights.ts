/** Its value is the cluster's name, or `all`. */
export const rightsLabel = 'workload-identity/rights'

/** Takes the rights of this label away. `kubectl delete -f` would take the namespaces, too, and all that is in them. */
export function removalCommand(label: string): string {
  return `kubectl delete clusterrole,clusterrolebinding,role,rolebinding,serviceaccount --all-namespaces --selector ${rightsLabel}=${label}`
}
