import type { Deployment } from '../../spec/deployment.ts'
import { type FieldPath, issueAt, type ValidationIssue } from '../../spec/issue.ts'
import type { ClusterDraft, RequestDraft } from '../../spec/schema.ts'
import { reasonAgainstEks } from '../../webhook/desired/choose.ts'
import { secretArnProblems } from './secrets.ts'
import { issuerUrlProblems, proxyUrlProblems } from './urls.ts'

/** Returns the issues of fields that the provider needs or rejects, such as `management` and `issuerUrl`. */
export function providerIssues({ cluster = {} }: RequestDraft): ValidationIssue[] {
  if (cluster.provider === 'existing') return managedFieldsOfExisting(cluster)
  if (cluster.provider === 'gke-on-aws') return gkeOnAwsIssues(cluster)
  return []
}

function managedFieldsOfExisting(cluster: ClusterDraft): ValidationIssue[] {
  const fields = ['management', 'spec', 'nodePools'] as const
  return fields
    .filter((field) => cluster[field] !== undefined)
    .map((field) =>
      issueAt(
        ['cluster', field],
        'makes no sense with provider existing, where nothing is applied: leave it out, or use provider gke-on-aws',
      ),
    )
}

function gkeOnAwsIssues(cluster: ClusterDraft): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  if (cluster.management === undefined) {
    const use = cluster.spec === undefined ? "the cluster's status is read there" : 'the spec is applied there'
    issues.push(issueAt(['cluster', 'management'], `is missing with provider gke-on-aws: ${use}, give its credentials`))
  }
  if (cluster.issuerUrl !== undefined) {
    issues.push(
      issueAt(
        ['cluster', 'issuerUrl'],
        'makes no sense with provider gke-on-aws, whose AWSCluster names its issuer: leave it out, or use provider existing',
      ),
    )
  }
  return [...issues, ...poolPresenceIssues(cluster)]
}

function poolPresenceIssues({ spec, nodePools }: ClusterDraft): ValidationIssue[] {
  const path = ['cluster', 'nodePools']
  if (spec === undefined && nodePools !== undefined) {
    return [issueAt(path, 'is given without spec: give the spec of the AWSCluster too, or leave the node pools out')]
  }
  if (spec !== undefined && (nodePools === undefined || nodePools.length === 0)) {
    return [issueAt(path, 'has no node pool, and a cluster without nodes runs no workload: give at least one')]
  }
  return []
}

/** Returns the issues of the fields that the connection to the cluster needs or rejects. */
export function connectionIssues({ cluster }: RequestDraft): ValidationIssue[] {
  if (!cluster) return []
  if (cluster.connection === 'agent') return fieldsOfDirectConnection(cluster)
  if (cluster.credentialsSecretArn !== undefined) return []
  return [
    issueAt(
      ['cluster', 'credentialsSecretArn'],
      'is missing: give the ARN of the secret with the credentials of the cluster, or set cluster.connection to agent',
    ),
  ]
}

function fieldsOfDirectConnection(cluster: ClusterDraft): ValidationIssue[] {
  const fields = ['credentialsSecretArn', 'proxyUrl'] as const
  return fields
    .filter((field) => cluster[field] !== undefined)
    .map((field) =>
      issueAt(
        ['cluster', field],
        'makes no sense with connection agent, because only the agent calls the API server: leave it out, or set cluster.connection to direct',
      ),
    )
}

/** Validation issues of the credentials, which must be ARNs of secrets of this deployment and this cluster. */
export function secretIssues({ cluster = {} }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  const check = (arn: string | undefined, path: FieldPath) =>
    arn === undefined ? [] : secretArnProblems(arn, deployment, cluster.name).map((message) => issueAt(path, message))
  return [
    ...check(cluster.credentialsSecretArn, ['cluster', 'credentialsSecretArn']),
    ...check(cluster.management?.credentialsSecretArn, ['cluster', 'management', 'credentialsSecretArn']),
  ]
}

export function urlIssues({ cluster = {}, webhook }: RequestDraft): ValidationIssue[] {
  const { management, issuerUrl } = cluster
  return [
    ...proxyIssues(cluster.proxyUrl, ['cluster', 'proxyUrl']),
    ...proxyIssues(management?.proxyUrl, ['cluster', 'management', 'proxyUrl']),
    ...(issuerUrl === undefined ? [] : issuerIssues(issuerUrl, webhook?.mode)),
  ]
}

function proxyIssues(url: string | undefined, path: FieldPath): ValidationIssue[] {
  return url === undefined ? [] : proxyUrlProblems(url).map((message) => issueAt(path, message))
}

function issuerIssues(url: string, mode: string | undefined): ValidationIssue[] {
  const issues = issuerUrlProblems(url).map((message) => issueAt(['cluster', 'issuerUrl'], message))
  if (mode !== 'install' || reasonAgainstEks(url) === undefined) return issues
  return [
    ...issues,
    issueAt(
      ['webhook', 'mode'],
      '"install" cannot be used with an issuer of EKS, which runs the webhook itself: use "managed"',
    ),
  ]
}
