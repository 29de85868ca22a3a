import type { KubernetesObject } from '@kubernetes/client-node'
import type { Applied, ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { fieldConflict, isOnlyKubectl } from '../clouds/kubernetes/field-conflict.ts'
import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { isAdopted, requireOursInCluster, withAdoption, withOwnershipLabels } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import { differences, pathName } from './differences.ts'

export interface ApplyOptions {
  /** Whether to adopt an object without our label. Otherwise such an object is an ownership conflict. */
  readonly adopt: boolean
  /** Runs the server's checks, writes nothing, and returns what would be done. */
  readonly dryRunOnly?: boolean
  /** Gets the existing object before anything is written, and throws when the object may not be changed. */
  readonly check?: (live: unknown) => void
}

/** The two calls to one API server that an apply consists of, and the owner of what is applied. */
export type ApplyCalls = Pick<ClusterClient, 'owner' | 'read' | 'serverSideApply'>

/** What an apply will do, and how: all of it is known before the first write. */
export interface Plan {
  /** As it is sent, with our label and annotations. */
  readonly manifest: Manifest
  readonly action: Change['action']
  readonly force: boolean
  /** The existing object, and the answer of the dry run. */
  readonly compared?: { readonly live: KubernetesObject; readonly after: KubernetesObject }
}

/**
 * Changes an object to match the manifest by server-side apply. It writes only when a dry run reports a difference. It
 * adds our label and the annotations of the owner to the manifest, and the adopted annotation when it adopts.
 *
 * @throws {OwnershipConflict} when the object belongs to another cluster or deployment, or is not ours and is not adopted
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
 * {@link apply} of an object that the step has planned before other writes. What was not there is looked for again: a server-side
 * apply cannot be made to write nothing that is there, and somebody else may have made it since.
 */
export async function applyPlanned(calls: ApplyCalls, manifest: Manifest, options: PlannedOptions): Promise<Change> {
  const isOutOfDate = options.plan.action === 'created' && (await isThere(calls, manifest))
  return isOutOfDate ? apply(calls, manifest, options) : applyFresh(calls, manifest, options)
}

/**
 * {@link apply} of an object that the step has just planned: to the cluster nothing was written since. To look for it again would
 * read what the plan has read, no nearer to the write than in {@link apply}. What is taken over from somebody else is planned anew,
 * because its write may force.
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

/** What a plan does to its object. */
export function changeOf(plan: Plan): Change {
  return { object: displayName(refOf(plan.manifest)), action: plan.action, ...detailOf(plan) }
}

async function write(calls: ApplyCalls, plan: Plan): Promise<Change> {
  const change = changeOf(plan)
  if (plan.action === 'unchanged') return change
  requireApplied(await calls.serverSideApply(plan.manifest, { dryRun: false, force: plan.force }), change.object)
  return change
}

/** Maximum number of comparisons of an object that controllers write to meanwhile, such as a new Deployment. */
const maxObservations = 3

/**
 * The plan of an apply, from the object and a dry run.
 *
 * @throws {OwnershipConflict} when the object belongs to another cluster or deployment, or is not ours and is not adopted
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
  // Most applies need both answers, so both calls start at once. The dry run of an object that is not ours is ignored.
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
  // The object was made between the dry run and the read: the two answers are about different objects.
  if (live.metadata?.uid !== after.metadata?.uid) return planOf(calls, manifest, options, observationsLeft)
  const plan = { ...comparison(live, after, applied), force }
  // The answer of a dry run has the resourceVersion of the object that it was compared with.
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
 * The answer of a dry run, and whether the write has to force. An apply that adopts takes over the fields that a
 * person's kubectl owns, and never those of another manager. This also holds for an object that is ours already:
 * somebody has changed it by hand since, or the field had the same value when the object was adopted.
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
  // The server reports conflicts before it checks the object itself. A forced dry run also finds, for example, that the
  // selector of an object that somebody else made cannot be changed.
  const forced = await calls.serverSideApply(manifest, { dryRun: true, force: true })
  return { after: requireApplied(forced, object), force: true }
}

function comparison(live: KubernetesObject, after: KubernetesObject, manifest: Manifest): Plan {
  const action = differences(live, after).length === 0 ? 'unchanged' : 'updated'
  return { manifest, action, force: false, compared: { live, after } }
}

/** The names of the fields that a plan changes. None of an object that it creates. */
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
