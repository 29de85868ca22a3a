import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange, FieldConflict, InvalidObject, NotOurs, StepError } from '../errors/step-errors.ts'
import { isAdopted, marked, markedAdopted } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import { told } from '../report/difference.ts'
import { type ApplyCalls, type ApplyOptions, type Plan, planOf } from './apply.ts'
import { toldFields } from './told-fields.ts'

/**
 * What {@link apply} would do, told and not done: field by field what differs from the manifest and who owns it, and what
 * others have added. What it would throw of this object alone (NotOurs, FieldConflict, InvalidObject, ConcurrentChange) is in
 * `refused`.
 */
export async function compare(calls: ApplyCalls, manifest: Manifest, options: ApplyOptions): Promise<Change> {
  const object = displayName(refOf(manifest))
  try {
    return { object, ...toldPlan(await planOf(calls, manifest, options)) }
  } catch (error) {
    if (!isAboutObject(error)) throw error
    const { name, object: refusedObject, reason, action } = error
    const refused = { name, object: refusedObject, reason, action }
    return { object, ...toldPlan(await planIfAllowed(calls, manifest)), refused }
  }
}

function toldPlan({ manifest, action, compared }: Plan): Pick<Change, 'action' | 'differences' | 'additions'> {
  if (!compared) return { action }
  const { differences, additions } = toldFields(manifest, compared)
  return { action, ...told(differences, additions) }
}

/** Errors that say nothing of the other objects of the cluster. */
function isAboutObject(error: unknown): error is StepError {
  return [FieldConflict, NotOurs, InvalidObject, ConcurrentChange].some((kind) => error instanceof kind)
}

/** What would differ if nothing stood against it: a dry run that takes the fields from whoever owns them. */
async function planIfAllowed(calls: ApplyCalls, manifest: Manifest): Promise<Plan> {
  const live = await calls.read(refOf(manifest))
  if (!live) return { manifest, action: 'created', force: false }
  const wanted = isAdopted(live.metadata) ? markedAdopted(marked(manifest)) : marked(manifest)
  const plan = { manifest: wanted, action: 'updated', force: true } as const
  try {
    const forced = await calls.serverSideApply(wanted, { dryRun: true, force: true })
    return 'object' in forced ? { ...plan, compared: { live, after: forced.object } } : plan
  } catch (error) {
    // What can never become what is asked cannot be laid beside it either.
    if (error instanceof StepError) return plan
    throw error
  }
}
