import type { KubernetesObject } from '@kubernetes/client-node'
import type { Applied, ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { fieldConflict, isOnlyKubectl } from '../clouds/kubernetes/field-conflict.ts'
import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { isAdopted, requireOursInCluster, withAdoption, withOwnershipLabels } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import { differences, pathName } from './differences.ts'

export interface ApplyOptions {
  /** Whether to adopt an object without our label. If false, an object without our label is an ownership conflict. */
  readonly adopt: boolean
  /** Runs the server's checks, writes nothing, and returns the changes that an apply would make. */
  readonly dryRunOnly?: boolean
  /** Checks the existing object before any write, and throws when it may not be changed. */
  readonly check?: (live: unknown) => void
}

/** The two calls of an apply to one API server, and the owner of the applied object. */
export type ApplyCalls = Pick<ClusterClient, 'owner' | 'read' | 'serverSideApply'>

/** What an apply will do, known before the first write. */
export interface Plan {
  /** The manifest to send, with our label and annotations. */
  readonly manifest: Manifest
  readonly action: Change['action']
  readonly force: boolean
  /** The existing object, and the response of the dry run. */
  readonly compared?: { readonly live: KubernetesObject; readonly after: KubernetesObject }
}

/**
 * Changes an object to match the manifest by server-side apply. It writes only when a dry run reports a difference. It
 * adds our label and the annotations of the owner to the manifest. For an adopted object, it adds the adopted
 * annotation.
 *
 * @throws {OwnershipConflict} when the object belongs to another cluster or deployment, or when it lacks our label and
 * `adopt` is false
 * @throws {FieldConflict} when another manager owns a field; the error names field and manager
 * @throws {ConcurrentChange} when the object is being deleted
 */
export async function apply(calls: ApplyCalls, manifest: Manifest, options: ApplyOptions): Promise<Change> {
  const plan = await planOf(calls, manifest, options)
  return options.dryRunOnly ? changeOf(plan) : write(calls, plan)
}

interface PlannedOptions extends ApplyOptions {
  readonly plan: Plan
}

/**
 * {@link apply} of an object that the step planned before other writes. It first checks again whether an absent object
 * now exists: another writer may have created it since, and a server-side apply would then change it.
 */
export async function applyPlanned(calls: ApplyCalls, manifest: Manifest, options: PlannedOptions): Promise<Change> {
  const isOutOfDate = options.plan.action === 'created' && (await isThere(calls, manifest))
  return isOutOfDate ? apply(calls, manifest, options) : applyFresh(calls, manifest, options)
}

/**
 * {@link apply} of an object that the step has planned, with no write to the cluster between plan and apply. The plan
 * is fresh, so it is used without another read. An adoption or a forced apply is planned again, because its write may
 * take over fields of other managers.
 */
export function applyFresh(
  calls: ApplyCalls,
  manifest: Manifest,
  { plan, ...options }: PlannedOptions,
): Promise<Change> {
  const isTakingOver = plan.force || plan.action === 'adopted'
  return isTakingOver ? apply(calls, manifest, options) : write(calls, plan)
}

export async function isThere(calls: Pick<ApplyCalls, 'read'>, manifest: Manifest): Promise<boolean> {
  return (await calls.read(refOf(manifest))) !== undefined
}

/** The change that a plan describes. */
export function changeOf(plan: Plan): Change {
  return { object: displayName(refOf(plan.manifest)), action: plan.action, ...detailOf(plan) }
}

async function write(calls: ApplyCalls, plan: Plan): Promise<Change> {
  const change = changeOf(plan)
  if (plan.action === 'unchanged') return change
  requireApplied(await calls.serverSideApply(plan.manifest, { dryRun: false, force: plan.force }), change.object)
  return change
}

/** The maximum number of comparisons of an object that controllers also write to, such as a new Deployment. */
const maxObservations = 3

/**
 * The plan of an apply, from the object and a dry run.
 *
 * @throws {OwnershipConflict} when the object belongs to another cluster or deployment, or when it lacks our label and
 * `adopt` is false
 * @throws {FieldConflict} when another manager owns a field; the error names field and manager
 * @throws {ConcurrentChange} when the object is being deleted
 */
export async function planOf(
  calls: ApplyCalls,
  manifest: Manifest,
  options: ApplyOptions,
  observationsLeft = maxObservations,
): Promise<Plan> {
  const object = displayName(refOf(manifest))
  const desired = withOwnershipLabels(manifest, calls.owner)
  // Most applies need both responses, so both calls start at once. For a foreign object, the dry run is ignored.
  const dryRun = calls.serverSideApply(desired, { dryRun: true, force: false })
  const [read, tried] = await Promise.allSettled([calls.read(refOf(manifest)), dryRun])
  if (read.status === 'rejected') throw read.reason
  const live = read.value
  if (!live) {
    requireApplied(triedAs(tried), object)
    return { manifest: desired, action: 'created', force: false }
  }
  requireChangeable(live, object, options.check)
  const ownership = requireOursInCluster({ object, metadata: live.metadata }, calls.owner, options.adopt)
  if (ownership === 'adopting') return adoptionOf(calls, withAdoption(desired), live)
  const keepsAdoption = isAdopted(live.metadata)
  const applied = keepsAdoption ? withAdoption(desired) : desired
  const gentle = keepsAdoption ? await calls.serverSideApply(applied, { dryRun: true, force: false }) : triedAs(tried)
  const { after, force } = await tryTaking(calls, applied, { gentle, adopt: options.adopt })
  // The object was created between the dry run and the read: the two responses are about different objects.
  if (live.metadata?.uid !== after.metadata?.uid) return planOf(calls, manifest, options, observationsLeft)
  const plan = { ...comparison(live, after, applied), force }
  // The response of a dry run has the resourceVersion of the object that it was compared with.
  const isOfNow = live.metadata?.resourceVersion === after.metadata?.resourceVersion
  if (plan.action === 'unchanged' || isOfNow || observationsLeft <= 1) return plan
  return planOf(calls, manifest, options, observationsLeft - 1)
}

function triedAs(tried: PromiseSettledResult<Applied>): Applied {
  if (tried.status === 'rejected') throw tried.reason
  return tried.value
}

async function adoptionOf(calls: ApplyCalls, manifest: Manifest, live: KubernetesObject): Promise<Plan> {
  const gentle = await calls.serverSideApply(manifest, { dryRun: true, force: false })
  const { after, force } = await tryTaking(calls, manifest, { gentle, adopt: true })
  return { manifest, action: 'adopted', force, compared: { live, after } }
}

/**
 * Returns the response of a dry run, and whether the write has to force. With `adopt`, an apply takes over fields that
 * only kubectl owns. Fields of any other manager are a conflict. `adopt` also applies to an object that is already
 * ours: a person may have changed the object with kubectl since, or may still own a field from before its adoption.
 *
 * @throws {FieldConflict} when the fields may not be taken over
 */
async function tryTaking(
  calls: ApplyCalls,
  manifest: Manifest,
  { gentle, adopt }: { readonly gentle: Applied; readonly adopt: boolean },
): Promise<{ readonly after: KubernetesObject; readonly force: boolean }> {
  const object = displayName(refOf(manifest))
  if ('object' in gentle) return { after: gentle.object, force: false }
  if (!adopt || !isOnlyKubectl(gentle.conflicts)) throw fieldConflict(object, gentle.conflicts)
  // The server reports conflicts before it validates the object. A forced dry run also detects, for example, that the
  // selector of a foreign Deployment cannot be changed.
  const forced = await calls.serverSideApply(manifest, { dryRun: true, force: true })
  return { after: requireApplied(forced, object), force: true }
}

function comparison(live: KubernetesObject, after: KubernetesObject, manifest: Manifest): Plan {
  const action = differences(live, after).length === 0 ? 'unchanged' : 'updated'
  return { manifest, action, force: false, compared: { live, after } }
}

/** Returns the names of the fields that a plan changes. The list is empty if the plan creates the object. */
export function fieldsOf({ compared }: Plan): string[] {
  return compared ? differences(compared.live, compared.after).map(({ path }) => pathName(path)) : []
}

function detailOf(plan: Plan): Pick<Change, 'detail'> {
  return plan.action === 'updated' ? { detail: fieldsOf(plan).slice(0, 10).join(', ') } : {}
}

function requireApplied(applied: Applied, object: string): KubernetesObject {
  if ('object' in applied) return applied.object
  throw fieldConflict(object, applied.conflicts)
}

function requireChangeable(live: KubernetesObject, object: string, check: ApplyOptions['check']): void {
  check?.(live)
  if (!live.metadata?.deletionTimestamp) return
  throw new ConcurrentChange({
    object,
    reason: 'it is being deleted',
    action: 'Wait until it is gone, or find out which finalizer keeps it',
  })
}
