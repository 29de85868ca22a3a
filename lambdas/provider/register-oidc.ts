import { issuerResource, providerResource } from '../claims/claim.ts'
import { type ClaimState, claimStatesOf, hold, requireOwn } from '../claims/claims.ts'
import { unproved } from '../claims/refusal.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import {
  readingAgain,
  recordedUnlessRefused,
  retryableWhilePropagating,
  type WrittenAt,
} from '../clouds/aws/iam-consistency.ts'
import { providerArn, stsAudience } from '../clouds/aws/iam-names.ts'
import {
  addClientId,
  createProvider,
  type ObservedProvider,
  type ProviderRef,
  readProvider,
  replaceThumbprints,
  tagProvider,
} from '../clouds/aws/oidc-providers.ts'
import { requireRegistrable } from '../clouds/aws/registrable-issuer.ts'
import { readTrustedChain } from '../clouds/network/tls/read-chain.ts'
import { forgetProviderChange, providerWrite, recordProvider } from '../operations/record/cluster-record.ts'
import { providerChangedAt } from '../operations/record/providers.ts'
import type { ClusterStatus } from '../operations/record/record.ts'
import { adoptionRefused, type Owner, requireOurs, tagsFor } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { reported } from '../report/difference.ts'
import { accountOf, setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import {
  describeProviderChanges,
  type ProviderChanges,
  providerAdditions,
  providerChanges,
  providerDifferences,
  thumbprintServers,
} from './provider.ts'
import { description } from './register-oidc.step.ts'
import { thumbprintOf, unionThumbprints } from './thumbprint.ts'

/** The desired provider, and the current thumbprints of its servers. */
interface Desired {
  readonly ref: ProviderRef
  readonly issuerUrl: string
  readonly owner: Owner
  readonly adopt: boolean
  readonly thumbprints: readonly string[]
  readonly dryRun: boolean
  readonly status: ClusterStatus
  /** Whether the cluster owns the provider by a claim. */
  readonly claimState: ClaimState | undefined
}

/**
 * Registers the cluster's issuer with IAM, with the current thumbprints of its servers. Returns the provider's ARN.
 *
 * A provider belongs to one cluster. A provider with another cluster's tags is rejected even for the same issuer,
 * because the teardown of one cluster would break the other's workloads.
 *
 * @throws {OwnershipConflict}
 * - when another cluster owns the provider or its issuer, or the provider has another cluster's tags
 * - when no cluster owns the issuer, or when no cluster owns a provider with our tags
 * - when the provider is not ours and may not be adopted
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const { dryRun, signal, status } = context
  const { issuerUrl, jwksUri } = factsOf(context)
  requireRegistrable(issuerUrl)
  const arn = providerArn(accountOf(request.awsAccountId), issuerUrl)
  const ref = { arn, iam: iamOf(memberAccess(arn, description)), signal }
  const live = readThumbprints(issuerUrl, jwksUri, signal)

  const change = await readingAgain(async () => {
    const writtenAt = () => [providerChangedAt(status, arn)]
    const reading = retryableWhilePropagating(readProvider(ref), writtenAt)
    const [observed, thumbprints, claimState] = await Promise.all([
      reading,
      live,
      providerClaimState(arn, issuerUrl, context),
    ])
    // If IAM does not return the provider yet, the creation fails, and the step reads again.
    const owner = { deployment: setting('DEPLOYMENT'), cluster: request.clusterName }
    const desired: Desired = { ref, issuerUrl, owner, adopt: request.adopt, thumbprints, dryRun, status, claimState }
    return observed ? reconcile(observed, desired) : create(desired)
  })
  return { output: { providerArn: arn }, changes: [change] }
}

export const handler = step(description, run)

/**
 * Returns whether the cluster owns the provider by a claim. Requires that the cluster owns the issuer, which
 * CheckCluster has claimed. A dry run claims nothing, and accepts an unclaimed issuer.
 *
 * @throws {OwnershipConflict} when the cluster does not own the issuer, or another cluster owns the provider
 */
async function providerClaimState(arn: string, issuerUrl: string, { cluster, dryRun }: StepContext) {
  const issuer = issuerResource(issuerUrl)
  const [ofIssuer, ofProvider] = await claimStatesOf([issuer, providerResource(arn)], { cluster })
  if (ofIssuer !== 'own' && !dryRun) throw unproved(cluster, issuer)
  return ofProvider
}

async function readThumbprints(issuerUrl: string, jwksUri: string, signal: AbortSignal): Promise<string[]> {
  const servers = thumbprintServers(issuerUrl, jwksUri)
  const chains = await Promise.all(servers.map(({ host, port }) => readTrustedChain(host, port, signal)))
  // Servers of one company often present the same authority, so this removes duplicates.
  return unionThumbprints([], chains.map(thumbprintOf))
}

/**
 * Writes the claim and the record in one transaction before it creates the provider. The record contains the time, so
 * that after a crash the next run knows that IAM may not return the provider yet.
 */
async function create(desired: Desired): Promise<Change> {
  const { ref, issuerUrl, owner, thumbprints, dryRun, status } = desired
  if (!dryRun) {
    const record = providerWrite(owner.cluster, ref.arn, status, new Date().toISOString())
    await hold([providerResource(ref.arn)], owner, record)
    const provider = { thumbprints, clientIds: [stsAudience], tags: tagsFor(owner, false) }
    await recordedUnlessRefused(createProvider(ref, issuerUrl, provider), () => forgetProviderChange(owner.cluster))
  }
  return { object: ref.arn, action: 'created', detail: `thumbprints ${thumbprints.join(', ')}` }
}

async function reconcile(observed: ObservedProvider, desired: Desired): Promise<Change> {
  const { ref, owner, thumbprints, dryRun } = desired
  const { arn } = ref
  const adopting = await claim(observed, desired)
  const changes = providerChanges(observed, thumbprints, { owner, adopting })
  if (!dryRun) {
    const taggedAt = changes.tags && new Date().toISOString()
    await recordProvider(owner.cluster, arn, desired.status, taggedAt)
    await write(changes, desired, [taggedAt, providerChangedAt(desired.status, arn), observed.createdAt])
  }
  const report = dryRun && {
    ...reported(providerDifferences(observed, changes), providerAdditions(observed)),
    ...(adopting && adoptionRefused(arn, desired.adopt)),
  }
  if (Object.keys(changes).length === 0) return { object: arn, action: 'unchanged', ...report }
  const stays = observed.contextProvider === undefined ? '' : '; the context provider of others stays'
  const detail = `${describeProviderChanges(changes)}${stays}`
  return { object: arn, action: adopting ? 'adopted' : 'updated', detail, ...report }
}

/**
 * Requires a claim for a provider with our tags, and creates the claim for an adoption. Returns whether the provider is
 * being adopted.
 *
 * @throws {OwnershipConflict} when the provider may not be used
 */
async function claim(observed: ObservedProvider, { ref: { arn }, owner, adopt, dryRun, claimState }: Desired) {
  // A dry run also compares a provider that only an adoption may change.
  const adopting = requireOurs({ object: arn, tags: observed.tags }, owner, adopt || dryRun) === 'adopting'
  const provider = providerResource(arn)
  if (adopting) await hold([provider], { ...owner, dryRun })
  // Another run may have created the provider, with its claim, between the two reads.
  else if (claimState !== 'own') await requireOwn([provider], owner)
  return adopting
}

/**
 * Writes the changes in sequence, because IAM rejects concurrent changes of one provider. The tags come first, so that
 * they show the owner after a crash.
 *
 * @param writtenAt the times at which the tag that allows these writes may have been written
 */
async function write(changes: ProviderChanges, { ref }: Desired, writtenAt: WrittenAt): Promise<void> {
  const allowed = (call: Promise<void>) => retryableWhilePropagating(call, () => writtenAt)
  if (changes.tags) await tagProvider(ref, changes.tags)
  if (changes.thumbprints) await allowed(replaceThumbprints(ref, changes.thumbprints))
  if (changes.clientId) await allowed(addClientId(ref, changes.clientId))
}
