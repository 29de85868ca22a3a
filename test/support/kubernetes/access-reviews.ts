/** Waiting for rights that were just given or taken away: a real API server learns of roles by watching them. */
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, until } from './api-requests.ts'

/** Who asks, and for what, by the field names of a SubjectAccessReview; and what the answer is to be. */
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

/** Everybody who proves to be somebody is in it; a SubjectAccessReview adds no group by itself. */
export const authenticated = 'system:authenticated'

/**
 * Waits until the API server decides so. The sandbox's own reads roles at every call, and serves no such reviews.
 *
 * @throws Error with what it does not decide so, when that takes longer than 20 seconds
 */
export async function untilDecided(cluster: AnyCluster, decisions: readonly Decision[]): Promise<void> {
  const { body } = await send(cluster, `GET ${reviews}`)
  if (!objectsIn(body.resources).some(({ name }) => name === 'subjectaccessreviews')) return
  for (const decision of decisions) {
    const isDecided = async () => (await isAllowed(cluster, decision)) === decision.allowed
    await until(isDecided, `the API server to take note of ${JSON.stringify(decision)}`, 20_000)
  }
}

async function isAllowed(cluster: AnyCluster, { user, groups = [], access }: Decision): Promise<boolean> {
  const spec = { user, groups, resourceAttributes: access }
  const { body, code } = await send(cluster, `POST ${reviews}/subjectaccessreviews`, { body: { spec } })
  if (code !== 201) throw new Error(`a review is answered with ${JSON.stringify(body)}`)
  return at(body, 'status', 'allowed') === true
}
