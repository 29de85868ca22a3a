/** Explains differences that a verification finds long after a setup: another writer has caused them. */
import type { KubernetesObject } from '@kubernetes/client-node'
import { shown } from '../clouds/network/address.ts'
import { type Explanation, VerificationFailed } from '../errors/step-errors.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { annotationRemoval } from '../webhook/desired/annotation-removal.ts'
import { roleAnnotation } from '../webhook/desired/canary.ts'

/** A difference from the result of the setup. */
interface Found extends Omit<Explanation, 'action'> {
  /** The action that must precede a setup, if a setup alone would be rejected. */
  readonly first?: string
}

/**
 * The error for a state that a setup had established and that has changed since.
 *
 * @param unlessShown text with another possible cause, which applies if a drift shows no difference
 */
export function changedSince({ object, reason, first }: Found, cluster: string, unlessShown = ''): VerificationFailed {
  return new VerificationFailed({
    object,
    reason: `${reason}; a setup had established the requested state, and somebody has changed it since`,
    action: `${first === undefined ? '' : `${first}. Then `}"wid drift ${cluster}" shows each difference, and "wid drift ${cluster} --repair" sends the recorded spec again${unlessShown}`,
  })
}

/** Returns why the pods of an account do not get the role, or undefined if the account's annotation is correct. */
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
