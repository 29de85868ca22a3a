import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'

const repository = 'amazon/amazon-eks-pod-identity-webhook'
const images = { document: `${repository}:ed8c41f`, newer: `${repository}:v0.3.0` }

/** An image of the webhook that requests certificates, other than the one in use. */
export function otherImage(cluster: Cluster): string {
  const webhook = cluster.objects('Deployment').find(({ metadata }) => metadata.name === 'pod-identity-webhook')
  const [container] = objectsIn(at(webhook, 'spec', 'template', 'spec', 'containers'))
  return container?.image === images.document ? images.newer : images.document
}
