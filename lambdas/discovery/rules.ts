import type { Deployment } from '../spec/deployment.ts'
import { issueAt, quoted, type ValidationIssue } from '../spec/issue.ts'
import { longestIssuerUrl } from '../spec/patterns.ts'
import type { RequestDraft } from '../spec/schema.ts'
import { hostedIssuer } from './hosted-issuer.ts'

/** Validates `discovery.hosting`: which clusters may have a hosted issuer, and which issuer that is. */
export function hostingIssues({ cluster = {}, discovery }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  if (discovery?.hosting === undefined) return [...consentIssues(discovery), ...foreignPathIssues(cluster, deployment)]
  return [
    ...deploymentIssues(cluster.provider, deployment),
    ...bucketIssues(discovery),
    ...issuerIssues(cluster, deployment.issuerHosts),
  ]
}

function consentIssues(discovery: RequestDraft['discovery']): ValidationIssue[] {
  if (discovery?.acceptRefusedTokens === undefined) return []
  return [
    issueAt(
      ['discovery', 'acceptRefusedTokens'],
      'makes no sense without discovery.hosting: only a cluster that gets a hosted issuer changes its issuer. Leave it out',
    ),
  ]
}

/** A hosted issuer belongs to the cluster in its path, even before that cluster is set up. */
function foreignPathIssues(
  { name, issuerUrl }: NonNullable<RequestDraft['cluster']>,
  { issuerHosts }: Deployment,
): ValidationIssue[] {
  const host = issuerUrl === undefined ? undefined : hostOf(issuerUrl)
  const isHosted = host !== undefined && issuerHosts.some((one) => one.toLowerCase() === host)
  if (!isHosted || issuerHosts.some((one) => name !== undefined && issuerUrl === hostedIssuer(one, name))) return []
  return [
    issueAt(
      ['cluster', 'issuerUrl'],
      `${quoted(issuerUrl)} is at the host of the issuers that the deployment publishes, and is not the issuer of this cluster: leave it out`,
    ),
  ]
}

/** Returns the host in lower case, without the dot at the end of an absolute domain name. */
function hostOf(url: string): string | undefined {
  return URL.parse(url)?.hostname.replace(/\.$/, '')
}

function deploymentIssues(provider: string | undefined, { issuerHosts }: Deployment): ValidationIssue[] {
  if (provider === 'gke-on-aws') {
    return [
      issueAt(
        ['discovery', 'hosting'],
        "makes no sense with provider gke-on-aws: Google's control plane sets the issuer of its clusters. Leave it out, and name a bucket for a new cluster",
      ),
    ]
  }
  if (issuerHosts.length > 0) return []
  return [
    issueAt(
      ['discovery', 'hosting'],
      'is not offered: this deployment hosts no issuers. Ask its operators for the setting issuerHost (issuerHost: {} in settings.yaml), or publish the documents yourself and leave discovery out',
    ),
  ]
}

const fieldsOfBucket = ['bucket', 'projectId', 'location', 'managementServiceAccount', 'managementRole'] as const

function bucketIssues(discovery: NonNullable<RequestDraft['discovery']>): ValidationIssue[] {
  return fieldsOfBucket
    .filter((field) => discovery[field] !== undefined)
    .map((field) => issueAt(['discovery', field], 'makes no sense with discovery.hosting: leave one of the two out'))
}

/** Accepts the hosted issuer in a request, because the normal form of the request contains it and may be sent again. */
function issuerIssues(
  { name, issuerUrl }: NonNullable<RequestDraft['cluster']>,
  hosts: readonly string[],
): ValidationIssue[] {
  if (name === undefined) return []
  const issuers = hosts.map((host) => hostedIssuer(host, name))
  const [desired] = issuers
  if (desired === undefined) return []
  if (desired.length > longestIssuerUrl) {
    return [
      issueAt(['cluster', 'name'], `is too long: its issuer ${desired} has more than ${longestIssuerUrl} characters`),
    ]
  }
  if (issuerUrl === undefined || issuers.includes(issuerUrl)) return []
  return [
    issueAt(
      ['cluster', 'issuerUrl'],
      `${quoted(issuerUrl)} is not the issuer that the deployment hosts, ${desired}: leave it out`,
    ),
  ]
}
