/** What k3s and kubeadm call each of their clusters: names of a deployment's clusters are to differ. */
const namesOfAll = ['default', 'kubernetes']

/** A name for the cluster of a context: of USER@CLUSTER the second part. Undefined when the context says none. */
export function clusterNameFrom(context: string | undefined): string | undefined {
  const name = context
    ?.replace(/^.*@/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-|-$/g, '')
  return name === undefined || name === '' || namesOfAll.includes(name) ? undefined : name
}
