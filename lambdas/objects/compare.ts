import type { ApplyOptions } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type Manifest, refOf } from '../clouds/kubernetes/object.ts'
import { ConcurrentChange, FieldConflict, InvalidObject, NotOurs, StepError } from '../errors/step-errors.ts'
import { isAdopted, marked, markedAdopted } from '../ownership/kubernetes.ts'
import { told } from '../report/difference.ts'
import type { Change } from '../steps/contract.ts'
import { type ApplyCalls, type Plan, planOf } from './apply.ts'
import { toldFields } from './told-fields.ts'

/** See {@link ClusterClient.compare}. */
export async function compareManifest(calls: ApplyCalls, manifest: Manifest, options: ApplyOptions): Promise<Change> {
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
  const live = await calls.read()
  if (!live) return { manifest, action: 'created', force: false }
  const wanted = isAdopted(live.metadata) ? markedAdopted(marked(manifest)) : marked(manifest)
  const plan = { manifest: wanted, action: 'updated', force: true } as const
  try {
    const forced = await calls.apply(wanted, { dryRun: true, force: true })
    return 'object' in forced ? { ...plan, compared: { live, after: forced.object } } : plan
  } catch (error) {
    // What can never become what is asked cannot be laid beside it either.
    if (error instanceof StepError) return plan
    throw error
  }
}
