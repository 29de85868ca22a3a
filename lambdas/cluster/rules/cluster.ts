import type { Deployment } from '../../spec/deployment.ts'
import { type Fault, type FieldPath, faultAt } from '../../spec/issue.ts'
import type { ClusterDraft, RequestDraft } from '../../spec/schema.ts'
import { refuseOnEks } from '../../webhook/desired/choose.ts'
import { secretArnObjections } from './secrets.ts'
import { issuerUrlObjections, proxyUrlObjections } from './urls.ts'

/**
 * Validation issues of fields that do not fit the provider: gke-on-aws takes a management cluster, existing takes an
 * issuer.
 */
export function providerFaults({ cluster = {} }: RequestDraft): Fault[] {
  if (cluster.provider === 'existing') return managedFieldsOfExisting(cluster)
  if (cluster.provider === 'gke-on-aws') return gkeOnAwsFaults(cluster)
  return []
}

function managedFieldsOfExisting(cluster: ClusterDraft): Fault[] {
  const fields = ['management', 'spec', 'nodePools'] as const
  return fields
    .filter((field) => cluster[field] !== undefined)
    .map((field) =>
      faultAt(
        ['cluster', field],
        'makes no sense with provider existing, where nothing is applied: leave it out, or use provider gke-on-aws',
      ),
    )
}

function gkeOnAwsFaults(cluster: ClusterDraft): Fault[] {
  const faults: Fault[] = []
  if (cluster.management === undefined) {
    const use = cluster.spec === undefined ? "the cluster's status is read there" : 'the spec is applied there'
    faults.push(faultAt(['cluster', 'management'], `is missing with provider gke-on-aws: ${use}, give its credentials`))
  }
  if (cluster.issuerUrl !== undefined) {
    faults.push(
      faultAt(
        ['cluster', 'issuerUrl'],
        'makes no sense with provider gke-on-aws, whose AWSCluster names its issuer: leave it out, or use provider existing',
      ),
    )
  }
  return [...faults, ...poolPresenceFaults(cluster)]
}

function poolPresenceFaults({ spec, nodePools }: ClusterDraft): Fault[] {
  const path = ['cluster', 'nodePools']
  if (spec === undefined && nodePools !== undefined) {
    return [faultAt(path, 'is given without spec: give the spec of the AWSCluster too, or leave the node pools out')]
  }
  if (spec !== undefined && (nodePools === undefined || nodePools.length === 0)) {
    return [faultAt(path, 'has no node pool, and a cluster without nodes runs no workload: give at least one')]
  }
  return []
}

/** Validation issues of the credentials. They must be ARNs of secrets of this deployment and this cluster. */
export function secretFaults({ cluster = {} }: RequestDraft, deployment: Deployment): Fault[] {
  const check = (arn: string | undefined, path: FieldPath) =>
    arn === undefined ? [] : secretArnObjections(arn, deployment, cluster.name).map((message) => faultAt(path, message))
  return [
    ...check(cluster.credentialsSecretArn, ['cluster', 'credentialsSecretArn']),
    ...check(cluster.management?.credentialsSecretArn, ['cluster', 'management', 'credentialsSecretArn']),
  ]
}

export function urlFaults({ cluster = {}, webhook }: RequestDraft): Fault[] {
  const { management, issuerUrl } = cluster
  return [
    ...proxyFaults(cluster.proxyUrl, ['cluster', 'proxyUrl']),
    ...proxyFaults(management?.proxyUrl, ['cluster', 'management', 'proxyUrl']),
    ...(issuerUrl === undefined ? [] : issuerFaults(issuerUrl, webhook?.mode)),
  ]
}

function proxyFaults(url: string | undefined, path: FieldPath): Fault[] {
  return url === undefined ? [] : proxyUrlObjections(url).map((message) => faultAt(path, message))
}

function issuerFaults(url: string, mode: string | undefined): Fault[] {
  const faults = issuerUrlObjections(url).map((message) => faultAt(['cluster', 'issuerUrl'], message))
  if (mode !== 'install' || refuseOnEks(url) === undefined) return faults
  return [
    ...faults,
    faultAt(
      ['webhook', 'mode'],
      '"install" cannot be used with an issuer of EKS, which runs the webhook itself: use "managed"',
    ),
  ]
}
