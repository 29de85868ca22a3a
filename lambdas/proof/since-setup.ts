/** A verification long after a setup: what is not as the setup has left it, somebody has changed. */
import type { KubernetesObject } from '@kubernetes/client-node'
import { shown } from '../clouds/network/address.ts'
import { type Explanation, VerificationFailed } from '../errors/step-errors.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { annotationRemoval } from '../webhook/desired/annotation-removal.ts'
import { roleAnnotation } from '../webhook/desired/canary.ts'

/** What is otherwise than a setup has left it. */
interface Found extends Omit<Explanation, 'action'> {
  /** What to do first, where a setup alone would be refused. */
  readonly first?: string
}

/**
 * The error for what a setup had brought about, and that is otherwise now.
 *
 * @param unlessShown what else it may be, when a drift shows no difference
 */
export function changedSince({ object, reason, first }: Found, cluster: string, unlessShown = ''): VerificationFailed {
  return new VerificationFailed({
    object,
    reason: `${reason}; a setup had made it as requested, and somebody has changed it since`,
    action: `${first === undefined ? '' : `${first}. Then `}"wid drift ${cluster}" shows each difference, and "wid drift ${cluster} --repair" sets it up again${unlessShown}`,
  })
}

/** What differs in an account whose pods do not get the role. Undefined when its annotation is as a setup has left it. */
export function changedAccount(
  account: Pick<KubernetesObject, 'metadata'> | undefined,
  { namespace, serviceAccount }: WorkloadRef,
  roleArn: string,
): Found | undefined {
  const object = `ServiceAccount ${namespace}/${serviceAccount}`
  if (!account) return { object, reason: 'it is missing' }
  const annotated = account.metadata?.annotations?.[roleAnnotation]
  if (annotated === roleArn) return undefined
  const value = annotated === undefined ? 'is missing' : `is ${shown(annotated)}`
  return {
    object,
    reason: `its annotation ${roleAnnotation} ${value}, and not ${roleArn}`,
    ...(annotated !== undefined && { first: annotationRemoval({ namespace, serviceAccount }) }),
  }
}
