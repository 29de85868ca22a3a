/** The label of granted Kubernetes rights. Its value is the cluster's name, or `all`. */
export const rightsLabel = 'workload-identity/rights'

/** Deletes the rights with this label. `kubectl delete -f` would also delete the namespaces and all their objects. */
export function removalCommand(label: string): string {
  return `kubectl delete clusterrole,clusterrolebinding,role,rolebinding,serviceaccount --all-namespaces --selector ${rightsLabel}=${label}`
}
