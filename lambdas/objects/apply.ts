import type { KubernetesObject } from '@kubernetes/client-node'
import type { Applied, ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { fieldConflict, isOnlyKubectl } from '../clouds/kubernetes/field-conflict.ts'
import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { isAdopted, isOurs, marked, markedAdopted } from '../ownership/kubernetes.ts'
import { notMarked } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { differences, pathName } from './differences.ts'

export interface ApplyOptions {
  /** Whether an object that lacks our mark is taken over; without it such an object is NotOurs. */
  readonly adopt: boolean
  /** Goes through the server's checks, writes nothing, and gives back what would be done. */
  readonly dryRunOnly?: boolean
  /** Is given the object that is there before anything is written; throws what stands against changing it. */
  readonly check?: (live: unknown) => void
}

/** The two calls that applying is made of, to one API server. */
export type ApplyCalls = Pick<ClusterClient, 'read' | 'serverSideApply'>

/** What would be done, and how: everything is known before anything is written. */
export interface Plan {
  /** As it is sent: with the marks. */
  readonly manifest: Manifest
  readonly action: Change['action']
  readonly force: boolean
  /** The object that is there, and what the dry run made of it. */
  readonly compared?: { readonly live: KubernetesObject; readonly after: KubernetesObject }
}

/**
 * Brings an object to the manifest by server-side apply, and writes only when a dry run says that something would change.
 * Our managed-by label is added to the manifest; when adopting, the adopted annotation too.
 *
 * @throws {NotOurs}
 * @throws {FieldConflict} naming field and other manager
 */
export async function apply(calls: ApplyCalls, manifest: Manifest, options: ApplyOptions): Promise<Change> {
  const object = displayName(refOf(manifest))
  const plan = await planOf(calls, manifest, options)
  const change = { object, action: plan.action, ...detailOf(plan) }
  if (plan.action === 'unchanged' || options.dryRunOnly) return change
  requireApplied(await calls.serverSideApply(plan.manifest, { dryRun: false, force: plan.force }), object)
  return change
}

/** How often an object is compared that controllers write to meanwhile, such as a Deployment that was made a moment ago. */
const mostLooks = 3

/** Throws what stands against it. */
export async function planOf(
  calls: ApplyCalls,
  manifest: Manifest,
  options: ApplyOptions,
  looksLeft = mostLooks,
): Promise<Plan> {
  const object = displayName(refOf(manifest))
  const wanted = marked(manifest)
  // Most often both answers are needed; of an object that is not ours the second is thrown away, whatever it says.
  const dryRun = calls.serverSideApply(wanted, { dryRun: true, force: false })
  const [read, tried] = await Promise.allSettled([calls.read(refOf(manifest)), dryRun])
  if (read.status === 'rejected') throw read.reason
  const live = read.value
  if (!live) {
    requireApplied(triedAs(tried), object)
    return { manifest: wanted, action: 'created', force: false }
  }
  requireChangeable(live, object, options.check)
  if (!isOurs(live.metadata)) {
    if (!options.adopt) throw notMarked(object)
    return adoptionOf(calls, markedAdopted(wanted), live)
  }
  const keepsMark = isAdopted(live.metadata)
  const applied = keepsMark ? markedAdopted(wanted) : wanted
  const gentle = keepsMark ? await calls.serverSideApply(applied, { dryRun: true, force: false }) : triedAs(tried)
  const { after, force } = await tryTaking(calls, applied, { gentle, adopt: options.adopt })
  // Somebody made it after the dry run and before the reading: the two tell of different objects.
  if (live.metadata?.uid !== after.metadata?.uid) return planOf(calls, manifest, options, looksLeft)
  const plan = { ...comparison(live, after, applied), force }
  // A dry run answers with the resourceVersion of what it was laid over.
  const isOfNow = live.metadata?.resourceVersion === after.metadata?.resourceVersion
  if (plan.action === 'unchanged' || isOfNow || looksLeft <= 1) return plan
  return planOf(calls, manifest, options, looksLeft - 1)
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
 * The fields that a person's kubectl owns are taken over when objects are adopted; those of any other manager never are. Also
 * of an object that is ours already: somebody has changed it by hand since, or it was adopted with the same value.
 */
async function tryTaking(
  calls: ApplyCalls,
  manifest: Manifest,
  { gentle, adopt }: { readonly gentle: Applied; readonly adopt: boolean },
): Promise<{ readonly after: KubernetesObject; readonly force: boolean }> {
  const object = displayName(refOf(manifest))
  if ('object' in gentle) return { after: gentle.object, force: false }
  if (!adopt || !isOnlyKubectl(gentle.conflicts)) throw fieldConflict(object, gentle.conflicts)
  // Conflicts come before the checks of the object itself: a selector of somebody else's cannot be changed, for example.
  const forced = await calls.serverSideApply(manifest, { dryRun: true, force: true })
  return { after: requireApplied(forced, object), force: true }
}

function comparison(live: KubernetesObject, after: KubernetesObject, manifest: Manifest): Plan {
  const action = differences(live, after).length === 0 ? 'unchanged' : 'updated'
  return { manifest, action, force: false, compared: { live, after } }
}

function detailOf({ action, compared }: Plan): Pick<Change, 'detail'> {
  if (action !== 'updated' || !compared) return {}
  const fields = differences(compared.live, compared.after).map(({ path }) => pathName(path))
  return { detail: fields.slice(0, 10).join(', ') }
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
