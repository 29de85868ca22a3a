import { minorOf } from '../../spec/cluster-spec.ts'
import type { Deployment } from '../../spec/deployment.ts'
import { type FieldPath, issueAt, quoted, type ValidationIssue } from '../../spec/issue.ts'
import { oldestMinor } from '../../spec/oldest-minor.ts'
import { kmsKeyArn } from '../../spec/patterns.ts'
import type { ClusterDraft, RequestDraft } from '../../spec/schema.ts'
import { cidrProblem, rangesOverlap } from './cidr.ts'

type SpecDraft = NonNullable<ClusterDraft['spec']>
type NetworkingDraft = NonNullable<SpecDraft['networking']>

export function specIssues({ cluster = {} }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  const { spec } = cluster
  if (spec === undefined) return []
  const { networking = {}, controlPlane = {} } = spec
  const path = ['cluster', 'spec']
  return [
    ...networkIssues(networking, [...path, 'networking']),
    ...versionIssues(controlPlane.version, [...path, 'controlPlane', 'version']),
    ...emptyListIssues(controlPlane.subnetIDs, [...path, 'controlPlane', 'subnetIDs']),
    ...keyIssues(controlPlane.databaseEncryption?.kmsKeyARN, {
      path: [...path, 'controlPlane', 'databaseEncryption', 'kmsKeyARN'],
      region: spec.region,
      deployment,
    }),
    ...clientSecretIssues(spec),
  ]
}

export function versionIssues(version: string | undefined, path: FieldPath): ValidationIssue[] {
  if (version === undefined || minorOf(version) >= oldestMinor) return []
  return [issueAt(path, `${quoted(version)} is older than Kubernetes 1.${oldestMinor}: use 1.${oldestMinor} or newer`)]
}

interface KeyPlace {
  readonly path: FieldPath
  readonly region: string | undefined
  readonly deployment: Deployment
}

/** A KMS key must be in the same region as the data that it encrypts. */
export function keyIssues(arn: string | undefined, { path, region, deployment }: KeyPlace): ValidationIssue[] {
  if (arn === undefined) return []
  const observed = kmsKeyArn.exec(arn)?.groups
  if (observed === undefined) {
    return [
      issueAt(
        path,
        `is not the ARN of a KMS key (what was sent is not repeated here): use arn:${deployment.partition}:kms:REGION:ACCOUNT:key/ID`,
      ),
    ]
  }
  if (region === undefined || observed.region === region) return []
  return [issueAt(path, `is a key of ${observed.region}, and the cluster is in ${region}: use a key of that region`)]
}

/** A cluster has one range for its pods and one for its services. The two must not overlap. */
function networkIssues(networking: NetworkingDraft, path: FieldPath): ValidationIssue[] {
  const pods = networking.podAddressCIDRBlocks
  const services = networking.serviceAddressCIDRBlocks
  return [
    ...rangeIssues(pods, [...path, 'podAddressCIDRBlocks']),
    ...rangeIssues(services, [...path, 'serviceAddressCIDRBlocks']),
    ...overlapIssues(pods?.[0], services?.[0], [...path, 'serviceAddressCIDRBlocks']),
    ...spellingIssues(networking, path),
  ]
}

function rangeIssues(ranges: readonly string[] | undefined, path: FieldPath): ValidationIssue[] {
  if (ranges === undefined) return []
  const malformed = ranges.flatMap((range, index) => {
    const problem = cidrProblem(range)
    return problem === undefined ? [] : [issueAt([...path, index], `${quoted(range)} ${problem}`)]
  })
  if (ranges.length === 1) return malformed
  return [issueAt(path, `has ${ranges.length} ranges, and the cluster takes exactly one: give one`), ...malformed]
}

function overlapIssues(pods: string | undefined, services: string | undefined, path: FieldPath): ValidationIssue[] {
  if (pods === undefined || services === undefined) return []
  if (cidrProblem(pods) !== undefined || cidrProblem(services) !== undefined) return []
  if (!rangesOverlap(pods, services)) return []
  return [issueAt([...path, 0], `${services} overlaps ${pods} of the pods: use ranges that are apart`)]
}

function spellingIssues(networking: NetworkingDraft, path: FieldPath): ValidationIssue[] {
  const { serviceLoadBalancerSubnetIDs: rightly, ServiceLoadBalancerSubnetIDs: asDocumented } = networking
  if (rightly === undefined || asDocumented === undefined) return []
  return [
    issueAt(
      [...path, 'ServiceLoadBalancerSubnetIDs'],
      'is given in both spellings: leave this one out and keep serviceLoadBalancerSubnetIDs',
    ),
  ]
}

function emptyListIssues(list: readonly string[] | undefined, path: FieldPath): ValidationIssue[] {
  return list?.length === 0 ? [issueAt(path, 'is an empty list: give at least one subnet')] : []
}

/** The record and the workflow's history store the request, so it must not contain a secret. */
function clientSecretIssues({ authentication }: SpecDraft): ValidationIssue[] {
  const issues = authentication?.oidc?.flatMap((provider, index) =>
    Object.keys(provider)
      .filter((key) => /secret/i.test(key))
      .map((key) =>
        issueAt(
          ['cluster', 'spec', 'authentication', 'oidc', index, key],
          'would put a secret into the record of the request: leave it out, and use a provider with a public client',
        ),
      ),
  )
  return issues ?? []
}
