import { ConcurrentChange } from '../errors/step-errors.ts'
import { unlessSet, where } from '../operations/record/expression.ts'
import { getItems, indexes, keys, lists, queryItems } from '../operations/record/table.ts'
import { check, conditionally, isContended, remove, transact, update, type Write } from '../operations/record/writes.ts'
import { claimItem, claimKey, listedClaim, type Resource } from './claim.ts'
import { ownedByAnother, unclaimed } from './refusal.ts'

/** The cluster of an operation, for which resources are claimed. */
interface Claimant {
  readonly cluster: string
  /** A dry run claims nothing. */
  readonly dryRun?: boolean
}

/** The claim of a resource, from the view of a cluster. `unclaimed`: no recorded cluster owns the resource. */
export type ClaimState = 'own' | 'unclaimed'

/**
 * Claims the resources for the cluster, all or none, if no recorded cluster owns them. A cluster's record may be
 * deleted before its claims. Call it after a proof, or directly before a resource is created or adopted. A crash then
 * leaves a claim without a resource, never a resource without a claim.
 *
 * @param record the write of the cluster's record in the same transaction
 * @throws {OwnershipConflict} when another cluster owns one of them
 * @throws {ConcurrentChange} when another cluster claims one of them at the same moment, or `record` cannot be written
 */
export async function hold(resources: readonly Resource[], claimant: Claimant, record?: Write): Promise<void> {
  const { cluster, dryRun = false } = claimant
  if (resources.length === 0) return
  const along = record ? [record] : []
  if (!dryRun && (await tryToHold(resources, cluster, new Map(), along))) return
  const owners = await ownersOf(resources)
  await requireNoRecordedOwner(resources, owners, cluster)
  if (dryRun || (await tryToHold(resources, cluster, owners, along))) return
  throw new ConcurrentChange({
    object: resources.map(({ name }) => name).join(', '),
    reason: 'another cluster claims it, or somebody writes the record of the cluster, at the same moment',
    action: 'Do nothing unless it recurs: the step claims it again',
  })
}

/**
 * The claim state of each resource, in the order of the resources.
 *
 * @throws {OwnershipConflict} when another cluster owns one of them
 */
export async function claimStatesOf(resources: readonly Resource[], { cluster }: Pick<Claimant, 'cluster'>) {
  const owners = await ownersOf(resources)
  await requireNoRecordedOwner(resources, owners, cluster)
  return resources.map(({ name }): ClaimState => (owners.get(name) === cluster ? 'own' : 'unclaimed'))
}

/**
 * Requires that the cluster owns the resources. Call it before a step changes or deletes them.
 *
 * @throws {OwnershipConflict} when another cluster owns one of them, or none does
 */
export async function requireOwn(resources: readonly Resource[], claimant: Pick<Claimant, 'cluster'>): Promise<void> {
  const states = await claimStatesOf(resources, claimant)
  const lost = resources.find((_, index) => states[index] !== 'own')
  if (lost) throw unclaimed(claimant.cluster, lost)
}

/** Deletes the claim of a resource that is deleted, or no longer the cluster's, if the cluster owns it. */
export async function release(resource: Resource, cluster: string): Promise<void> {
  await conditionally(remove(claimKey(resource), where`owner = ${cluster}`))
}

/**
 * The keys of a cluster's claims. The index is eventually consistent, so it may omit a new claim. That claim then
 * remains, with an owner that has no record.
 */
export async function claimsOf(cluster: string): Promise<{ pk: string; sk: string }[]> {
  const key = where`listed = ${lists.claims} AND begins_with(listedKey, ${`${cluster}#`})`
  const items = await queryItems(key, { index: indexes.byList })
  return items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }))
}

/** The owner of each resource, in the order of the resources; undefined where no cluster owns it. */
export async function ownerOfEach(resources: readonly Resource[]): Promise<(string | undefined)[]> {
  const items = await getItems(resources.map(claimKey))
  return items.map((item) => item && claimItem.parse(item).owner)
}

/** The recorded cluster that owns the resource; undefined when none exists. */
export async function recordedOwner(resource: Resource): Promise<string | undefined> {
  const [owner] = await ownerOfEach([resource])
  if (owner === undefined) return undefined
  const [record] = await getItems([keys.cluster(owner)])
  return record && owner
}

/** The owning cluster by the name of the resource, for resources that have an owner. */
async function ownersOf(resources: readonly Resource[]): Promise<ReadonlyMap<string, string>> {
  const owners = await ownerOfEach(resources)
  return new Map(
    resources.flatMap(({ name }, index) => {
      const owner = owners[index]
      return owner === undefined ? [] : [[name, owner] as const]
    }),
  )
}

/** @throws {OwnershipConflict} when another recorded cluster owns one of the resources */
async function requireNoRecordedOwner(
  resources: readonly Resource[],
  owners: ReadonlyMap<string, string>,
  cluster: string,
): Promise<void> {
  const others = [...new Set(owners.values())].filter((owner) => owner !== cluster)
  if (others.length === 0) return
  const records = await getItems(others.map(keys.cluster))
  const recorded = new Set(others.filter((_, index) => records[index] !== undefined))
  const owned = resources.find(({ name }) => recorded.has(owners.get(name) ?? ''))
  if (owned) throw ownedByAnother(cluster, owned)
}

/**
 * Returns false and writes nothing when a resource has an owner that is neither the cluster nor known. The same applies
 * when a known owner is recorded again, or when the condition of an additional write does not hold.
 */
async function tryToHold(
  resources: readonly Resource[],
  cluster: string,
  known: ReadonlyMap<string, string>,
  along: readonly Write[],
): Promise<boolean> {
  const abandoned = [...new Set(known.values())].filter((owner) => owner !== cluster)
  const holdings = resources.map((one) => holdingOf(one, cluster, known))
  const absences = abandoned.map((owner) => check(keys.cluster(owner), where`attribute_not_exists(pk)`))
  const cancelled = await transact([...holdings, ...absences, ...along])
  if (cancelled && !isContended(cancelled)) throw cancelled.error
  return cancelled === undefined
}

function holdingOf(resource: Resource, cluster: string, known: ReadonlyMap<string, string>) {
  const { kind, name } = resource
  const heldAt = unlessSet(new Date().toISOString())
  const set = { owner: cluster, kind, name, ...listedClaim(cluster, resource), heldAt }
  const knownOwner = known.get(name) ?? cluster
  return update(claimKey(resource), { set }, where`attribute_not_exists(pk) OR owner IN (${cluster}, ${knownOwner})`)
}
