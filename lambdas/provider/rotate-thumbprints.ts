import { issuerResource, providerResource } from '../claims/claim.ts'
import { requireOwn } from '../claims/claims.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import { isPropagating, notVisibleYet, retryableWhilePropagating } from '../clouds/aws/iam-consistency.ts'
import { type ProviderState, readProvider, replaceThumbprints } from '../clouds/aws/oidc-providers.ts'
import { readJwksUri } from '../clouds/network/read-discovery.ts'
import { type HostChains, readTrustedChains } from '../clouds/network/tls/read-chains.ts'
import { ObjectMissing } from '../errors/step-errors.ts'
import { providerChangedAt } from '../operations/record/providers.ts'
import { requireOurs } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { thumbprintServers } from './provider.ts'
import { description } from './rotate-thumbprints.step.ts'
import { thumbprintOf } from './thumbprint.ts'
import { readThumbprintHistory, writeThumbprintHistory } from './thumbprint-record.ts'
import { type Observation, type Rotation, rotationOf } from './thumbprint-rotation.ts'

/**
 * Updates the provider's thumbprints after an observation of its servers, by one write of the complete list.
 * thumbprint-rotation.ts decides what is added and removed. A dry run writes neither the list nor the history.
 *
 * @throws {ObjectMissing} when the provider does not exist
 * @throws {NotYetConsistent} when IAM does not return the provider or its tags yet
 * @throws {OwnershipConflict} when the cluster does not own the provider and its issuer, or the provider lacks the
 * cluster's tags
 * @throws {InvalidDiscovery} when the discovery document cannot be trusted
 * @throws {UntrustedCertificate} when no chain of a server validates
 * @throws {Unreachable} when a server responds at none of its addresses
 * @throws {UnsafeAddress} when a server has an address that must not be connected to
 */
export const run: StepRun<typeof description> = async ({ issuerUrl, providerArn }, context) => {
  const { cluster, dryRun, signal } = context
  const changedAt = providerChangedAt(context.status, providerArn)
  const ref = { arn: providerArn, iam: iamOf(memberAccess(providerArn, description)), signal }
  const [observed, history, servers] = await Promise.all([
    retryableWhilePropagating(readProvider(ref), () => [changedAt]),
    readThumbprintHistory(cluster),
    readServers(issuerUrl, signal),
  ])
  if (!observed) throw isPropagating([changedAt]) ? notVisibleYet(providerArn) : missing(providerArn)
  requireOurs({ object: providerArn, tags: observed.tags }, { deployment: setting('DEPLOYMENT'), cluster }, false)
  await requireOwn([providerResource(providerArn), issuerResource(issuerUrl)], context)
  const rotation = rotationOf({ registered: observed.thumbprints, ...seenAt(servers), history, now: new Date() })
  const { thumbprints, added, removed } = rotation
  const isChanged = added.length + removed.length > 0
  if (isChanged && !dryRun) {
    const writtenAt = () => [changedAt, observed.createdAt]
    await retryableWhilePropagating(replaceThumbprints(ref, thumbprints), writtenAt)
  }
  if (!dryRun) await writeThumbprintHistory(cluster, rotation.history)
  return {
    output: { thumbprints, added, removed },
    changes: [changeOf(providerArn, { observed, rotation, servers, dryRun })],
  }
}

export const handler = step(description, run)

async function readServers(issuerUrl: string, signal: AbortSignal): Promise<HostChains[]> {
  const servers = thumbprintServers(issuerUrl, await readJwksUri(issuerUrl, signal))
  return Promise.all(servers.map(({ host, port }) => readTrustedChains(host, port, signal)))
}

function seenAt(servers: readonly HostChains[]): Pick<Observation, 'live' | 'untrusted' | 'isComplete'> {
  return {
    live: servers.flatMap(({ chains }) => chains.map(thumbprintOf)),
    untrusted: servers.flatMap(({ untrusted }) => untrusted.map(thumbprintOf)),
    isComplete: servers.every(({ isComplete }) => isComplete),
  }
}

function missing(providerArn: string): ObjectMissing {
  return new ObjectMissing({
    object: providerArn,
    reason: 'the OIDC provider that a setup has made is not there',
    action: "Send the cluster's setup again, and find out who removed the provider",
  })
}

interface Reported {
  readonly observed: ProviderState
  readonly rotation: Rotation
  readonly servers: readonly HostChains[]
  readonly dryRun: boolean
}

function changeOf(object: string, { observed, rotation, servers, dryRun }: Reported): Change {
  const { thumbprints, added, removed, remaining } = rotation
  const isChanged = added.length + removed.length > 0
  const parts = [
    added.length > 0 && `added ${added.join(', ')}`,
    removed.length > 0 && `removed ${removed.join(', ')}`,
    remaining.length > 0 && `no room for ${remaining.join(', ')}: a provider holds five, and all of them are in use`,
    ...servers.flatMap(({ failed }) => [
      ...new Set(failed.map((error) => `certificates not read: ${error.object}: ${error.reason}`)),
    ]),
    !servers.every(({ isComplete }) => isComplete) && 'old thumbprints stay until every address is read',
  ]
  const detail = parts.filter((part) => part !== false).join('; ')
  const differences = [{ field: 'thumbprints', desired: thumbprints, observed: observed.thumbprints }]
  return {
    object,
    action: isChanged ? 'updated' : 'unchanged',
    ...(detail !== '' && { detail }),
    ...(dryRun && isChanged && { differences }),
  }
}
