/** Waits for changed rights to take effect, because a real API server watches roles asynchronously. */
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, until } from './api-requests.ts'

/** A user and an action, with the field names of a SubjectAccessReview, and the expected decision. */
export interface Decision {
  readonly user: string
  readonly groups?: readonly string[]
  readonly access: {
    readonly verb: string
    readonly group: string
    readonly resource: string
    readonly subresource?: string | undefined
    readonly name?: string | undefined
    readonly namespace?: string | undefined
  }
  readonly allowed: boolean
}

const reviews = '/apis/authorization.k8s.io/v1'

/** The group of all authenticated users. A SubjectAccessReview does not add it. */
export const authenticated = 'system:authenticated'

/**
 * Waits until the API server makes these decisions. The sandbox's API server reads roles at every call, and has no
 * SubjectAccessReviews.
 *
 * @throws Error with the missing decision after 20 seconds
 */
export async function untilDecided(cluster: AnyCluster, decisions: readonly Decision[]): Promise<void> {
  const { body } = await send(cluster, `GET ${reviews}`)
  if (!objectsIn(body.resources).some(({ name }) => name === 'subjectaccessreviews')) return
  for (const decision of decisions) {
    const isDecided = async () => (await isAllowed(cluster, decision)) === decision.allowed
    await until(isDecided, `the API server to decide ${JSON.stringify(decision)}`, 20_000)
  }
}

async function isAllowed(cluster: AnyCluster, { user, groups = [], access }: Decision): Promise<boolean> {
  const spec = { user, groups, resourceAttributes: access }
  const { body, code } = await send(cluster, `POST ${reviews}/subjectaccessreviews`, { body: { spec } })
  if (code !== 201) throw new Error(`the review failed: ${JSON.stringify(body)}`)
  return at(body, 'status', 'allowed') === true
}
