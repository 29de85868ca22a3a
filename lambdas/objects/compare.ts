import { displayName, type Manifest, type ObjectOwner, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange, FieldConflict, InvalidObject, OwnershipConflict, StepError } from '../errors/step-errors.ts'
import { isAdopted, withAdoption, withOwnershipLabels } from '../ownership/kubernetes.ts'
import type { Change } from '../report/change.ts'
import { reported } from '../report/difference.ts'
import { type ApplyCalls, type ApplyOptions, type Plan, planOf } from './apply.ts'
import { reportedFields } from './reported-fields.ts'

/**
 * Reports what {@link apply} would do, and writes nothing. `differences` has each field that differs from the manifest,
 * with its owner. `additions` has the additions of other writers. `refused` has the error that an apply would throw for
 * this object alone: OwnershipConflict, FieldConflict, InvalidObject or ConcurrentChange.
 *
 * @throws {StepError} when the error is not about this object alone
 */
export async function compare(calls: ApplyCalls, manifest: Manifest, options: ApplyOptions): Promise<Change> {
  try {
    return reportedPlan(await planOf(calls, manifest, options), calls.owner)
  } catch (error) {
    if (!isAboutObject(error)) throw error
    const { name, object: refusedObject, reason, action } = error
    const refused = { name, object: refusedObject, reason, action }
    return { ...reportedPlan(await planIfAllowed(calls, manifest), calls.owner), refused }
  }
}

/** Returns the change that a dry run reports for a new object. It contains the manifest, unless that is a Secret. */
export function created(manifest: Manifest, owner: ObjectOwner): Change {
  const change = { object: displayName(refOf(manifest)), action: 'created' } as const
  return manifest.kind === 'Secret' ? change : { ...change, made: { ...withOwnershipLabels(manifest, owner) } }
}

function reportedPlan({ manifest, action, compared }: Plan, owner: ObjectOwner): Change {
  if (action === 'created') return created(manifest, owner)
  const object = displayName(refOf(manifest))
  if (!compared) return { object, action }
  const { differences, additions } = reportedFields(manifest, compared)
  return { object, action, ...reported(differences, additions) }
}

/** Whether the error is about one object, and does not concern the other objects of the cluster. */
function isAboutObject(error: unknown): error is StepError {
  return [FieldConflict, OwnershipConflict, InvalidObject, ConcurrentChange].some((kind) => error instanceof kind)
}

/** Returns the plan for a rejected object as if it were ours. A forced dry run takes over fields of other managers. */
async function planIfAllowed(calls: ApplyCalls, manifest: Manifest): Promise<Plan> {
  const live = await calls.read(refOf(manifest))
  if (!live) return { manifest, action: 'created', force: false }
  const ours = withOwnershipLabels(manifest, calls.owner)
  const desired = isAdopted(live.metadata) ? withAdoption(ours) : ours
  const plan = { manifest: desired, action: 'updated', force: true } as const
  try {
    const forced = await calls.serverSideApply(desired, { dryRun: true, force: true })
    return 'object' in forced ? { ...plan, compared: { live, after: forced.object } } : plan
  } catch (error) {
    // The server rejects even the forced dry run, so no fields can be compared.
    if (error instanceof StepError) return plan
    throw error
  }
}
