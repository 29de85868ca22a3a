/** k3s and kubeadm use these names for every cluster, but a deployment needs distinct names. */
const namesOfAll = ['default', 'kubernetes']

/** A cluster name from a context: the second part of USER@CLUSTER. Undefined when the context has no usable name. */
export function clusterNameFrom(context: string | undefined): string | undefined {
  const name = context
    ?.replace(/^.*@/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-|-$/g, '')
  return name === undefined || name === '' || namesOfAll.includes(name) ? undefined : name
}
