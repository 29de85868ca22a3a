/** Decides which external resources a setup may use. Its steps claim what the cluster proves or creates. */
import {
  type BucketClaim,
  type BucketTerms,
  holdsOn,
  isUserOn,
  noClaim,
  requestedBucket,
  userFor,
  usersOnOtherTerms,
} from '../../claims/bucket-claim.ts'
import { joiningWrite, readBucketClaim } from '../../claims/bucket-claims.ts'
import { issuerResource } from '../../claims/claim.ts'
import { recordedOwner } from '../../claims/claims.ts'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import type { RequestedOperation } from '../../operations/start/start-operation.ts'
import { type FieldPath, issueAt, type ValidationIssue } from '../../spec/issue.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { clusterResource } from '../access/checks.ts'
import type { AllowedCall } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'

/**
 * The claim of a setup's operation: its discovery bucket. Clusters share a bucket if all use it with the same project,
 * account and role, or if the caller may set up each of the other clusters.
 *
 * @throws {ProblemError} 409 when another cluster owns the issuer, or uses the bucket with another project, account or
 *   role. The error names the other cluster only to a caller who may read it
 */
export async function requestedClaims(
  call: AllowedCall,
  request: SetupRequest,
  recorded: RecordedCluster | undefined,
): Promise<Pick<RequestedOperation, 'claims'>> {
  const requested = requestedBucket(request.discovery)
  const cluster = request.cluster.name
  const [ofIssuer, ofFormerBucket, claim] = await Promise.all([
    issuesOfIssuer(call, request),
    issuesOfFormerBucket(request, recorded),
    requested && readBucketClaim(requested.bucket, cluster),
  ])
  const ofBucket = requested ? issuesOfBucket(call, cluster, { claim, ...requested }) : []
  const issues = [...ofIssuer, ...ofFormerBucket, ...ofBucket]
  if (issues.length > 0) throw new ProblemError(problem('conflict', { detail: ofOthers, issues }))
  if (!requested) return {}
  const { bucket, terms } = requested
  if (claim && holdsOn(claim, cluster, terms)) return {}
  const userOf = (operationId: string) => userFor(claim ?? noClaim, cluster, { ...terms, operationId })
  return { claims: (operationId) => [joiningWrite(bucket, claim, { cluster, user: userOf(operationId) })] }
}

const ofOthers = 'The request conflicts with the resources that this cluster or another cluster of the deployment uses'

async function issuesOfIssuer(call: AllowedCall, { cluster: { name, issuerUrl } }: SetupRequest) {
  if (issuerUrl === undefined) return []
  const owner = await recordedOwner(issuerResource(issuerUrl))
  if (owner === undefined || owner === name) return []
  const action = `If both are one cluster, use the name that it has already${readableOwner(call, owner)}. Otherwise give the cluster ${name} an issuer of its own`
  return [issueOf(['cluster', 'issuerUrl'], `is the issuer of another cluster${readableOwner(call, owner)}`, action)]
}

/** A new bucket would orphan the bucket that a setup created or labelled, with its grants and its claim. */
async function issuesOfFormerBucket({ cluster, discovery }: SetupRequest, recorded: RecordedCluster | undefined) {
  const former = recorded?.cluster.spec.discovery?.bucket
  const keepsFormer = discovery === undefined && cluster.provider === 'gke-on-aws'
  if (former === undefined || keepsFormer || former === discovery?.bucket) return []
  const claim = await readBucketClaim(former, cluster.name)
  if (claim?.users[cluster.name]?.held === undefined) return []
  const action = `Set it to ${former}, or tear the cluster down first (DELETE /v1/clusters/${cluster.name})`
  return [issueOf(['discovery', 'bucket'], `is not ${former}, which the cluster uses and would leave behind`, action)]
}

/** A cluster may always continue to use the bucket on the terms that were allowed before. */
function issuesOfBucket(
  call: AllowedCall,
  cluster: string,
  { claim = noClaim, terms }: { readonly terms: BucketTerms; readonly claim: BucketClaim | undefined },
): ValidationIssue[] {
  if (isUserOn(claim, cluster, terms)) return []
  const refused = usersOnOtherTerms(claim, cluster, terms).find((other) => !maySetUp(call, other))
  if (refused === undefined) return []
  const action = `Use a bucket of another name, or use the project, the account and the role with which the other clusters use this bucket. Or let a caller who may set up all these clusters send the request for ${cluster}`
  return [
    issueOf(
      ['discovery', 'bucket'],
      `is used by another cluster${readableOwner(call, refused)} with another project, account or role`,
      action,
    ),
  ]
}

function issueOf(path: FieldPath, what: string, action: string): ValidationIssue {
  return issueAt(path, `${what}. ${action}`)
}

function maySetUp(call: AllowedCall, cluster: string): boolean {
  return call.maySee({ action: 'start-setup', resource: clusterResource(cluster), policyArns: [] })
}

function readableOwner(call: AllowedCall, cluster: string): string {
  return call.maySee({ action: 'get-cluster', resource: clusterResource(cluster) }) ? `, ${cluster}` : ''
}
