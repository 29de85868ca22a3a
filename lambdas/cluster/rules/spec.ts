import { minorOf, oldestMinor } from '../../spec/cluster-spec.ts'
import type { Deployment } from '../../spec/deployment.ts'
import { type Fault, type FieldPath, faultAt, quoted } from '../../spec/issue.ts'
import { kmsKeyArn } from '../../spec/patterns.ts'
import type { ClusterDraft, RequestDraft } from '../../spec/schema.ts'
import { cidrObjection, rangesOverlap } from './cidr.ts'

type SpecDraft = NonNullable<ClusterDraft['spec']>
type NetworkingDraft = NonNullable<SpecDraft['networking']>

/** Validation issues within the spec of an AWSCluster. */
export function specFaults({ cluster = {} }: RequestDraft, deployment: Deployment): Fault[] {
  const { spec } = cluster
  if (spec === undefined) return []
  const { networking = {}, controlPlane = {} } = spec
  const path = ['cluster', 'spec']
  return [
    ...networkFaults(networking, [...path, 'networking']),
    ...versionFaults(controlPlane.version, [...path, 'controlPlane', 'version']),
    ...emptyListFaults(controlPlane.subnetIDs, [...path, 'controlPlane', 'subnetIDs']),
    ...keyFaults(controlPlane.databaseEncryption?.kmsKeyARN, {
      path: [...path, 'controlPlane', 'databaseEncryption', 'kmsKeyARN'],
      region: spec.region,
      deployment,
    }),
    ...clientSecretFaults(spec),
  ]
}

export function versionFaults(version: string | undefined, path: FieldPath): Fault[] {
  if (version === undefined || minorOf(version) >= oldestMinor) return []
  return [faultAt(path, `${quoted(version)} is older than Kubernetes 1.${oldestMinor}: use 1.${oldestMinor} or newer`)]
}

interface KeyPlace {
  readonly path: FieldPath
  readonly region: string | undefined
  readonly deployment: Deployment
}

/** A KMS key must be in the same region as what it encrypts. */
export function keyFaults(arn: string | undefined, { path, region, deployment }: KeyPlace): Fault[] {
  if (arn === undefined) return []
  const found = kmsKeyArn.exec(arn)?.groups
  if (found === undefined) {
    return [
      faultAt(
        path,
        `is not the ARN of a KMS key (what was sent is not repeated here): use arn:${deployment.partition}:kms:REGION:ACCOUNT:key/ID`,
      ),
    ]
  }
  if (region === undefined || found.region === region) return []
  return [faultAt(path, `is a key of ${found.region}, and the cluster is in ${region}: use a key of that region`)]
}

/** A cluster takes one range for its pods and one for its services. The two must not overlap. */
function networkFaults(networking: NetworkingDraft, path: FieldPath): Fault[] {
  const pods = networking.podAddressCIDRBlocks
  const services = networking.serviceAddressCIDRBlocks
  return [
    ...rangeFaults(pods, [...path, 'podAddressCIDRBlocks']),
    ...rangeFaults(services, [...path, 'serviceAddressCIDRBlocks']),
    ...overlapFaults(pods ?? [], services ?? [], [...path, 'serviceAddressCIDRBlocks']),
    ...spellingFaults(networking, path),
  ]
}

function rangeFaults(ranges: readonly string[] | undefined, path: FieldPath): Fault[] {
  if (ranges === undefined) return []
  const malformed = ranges.flatMap((range, index) => {
    const objection = cidrObjection(range)
    return objection === undefined ? [] : [faultAt([...path, index], `${quoted(range)} ${objection}`)]
  })
  if (ranges.length === 1) return malformed
  return [faultAt(path, `has ${ranges.length} ranges, and the cluster takes exactly one: give one`), ...malformed]
}

function overlapFaults([pods]: readonly string[], [services]: readonly string[], path: FieldPath): Fault[] {
  if (pods === undefined || services === undefined) return []
  if (cidrObjection(pods) !== undefined || cidrObjection(services) !== undefined) return []
  if (!rangesOverlap(pods, services)) return []
  return [faultAt([...path, 0], `${services} overlaps ${pods} of the pods: use ranges that are apart`)]
}

function spellingFaults(networking: NetworkingDraft, path: FieldPath): Fault[] {
  const { serviceLoadBalancerSubnetIDs: rightly, ServiceLoadBalancerSubnetIDs: asDocumented } = networking
  if (rightly === undefined || asDocumented === undefined) return []
  return [
    faultAt(
      [...path, 'ServiceLoadBalancerSubnetIDs'],
      'is given in both spellings: leave this one out and keep serviceLoadBalancerSubnetIDs',
    ),
  ]
}

function emptyListFaults(list: readonly string[] | undefined, path: FieldPath): Fault[] {
  return list?.length === 0 ? [faultAt(path, 'is an empty list: give at least one subnet')] : []
}

/** The record and the workflow's history keep the request, so it must hold no secret. */
function clientSecretFaults({ authentication }: SpecDraft): Fault[] {
  return (authentication?.oidc ?? []).flatMap((provider, index) =>
    Object.keys(provider)
      .filter((key) => /secret/i.test(key))
      .map((key) =>
        faultAt(
          ['cluster', 'spec', 'authentication', 'oidc', index, key],
          'would put a secret into the record of the request: leave it out, and use a provider with a public client',
        ),
      ),
  )
}
