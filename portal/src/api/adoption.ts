/** Finds objects that an operation rejected because they exist already, and sends the request again to adopt them. */

import type { Operation } from '../../../client/api.ts'
import { isSetupRequest } from '../../../client/starts.ts'
import { type Place, placeOf } from './access.ts'
import type { Again } from './again.ts'
import { api } from './client.ts'
import { plan, setUp } from './start.ts'

/** The API's advice for an adoptable object, and for no other object. test/portal/adoption.test.ts verifies that. */
const cure = 'adopt: true'

type Refused = Pick<Operation, 'error' | 'steps' | 'request' | 'result'>

/** The objects that the same request would adopt with `adopt: true`. */
export function adoptable({ error, steps, request, result }: Refused): string[] {
  if (request.adopt === true) return []
  const problems = result && 'writes' in result ? result.problems : []
  const errors = [error, ...steps.map((step) => step.error), ...problems].filter((each) => each !== undefined)
  return [...new Set(errors.filter(({ action }) => action.includes(cure)).map(({ object }) => object))]
}

/** The scope of the right to adopt is the cluster. Each request is a separate operation. `report` changes nothing. */
export interface Adoption {
  readonly place: Place
  readonly report: Again['send']
  readonly carryOut: Again['send']
}

/** The same request with `adopt`. Undefined when the page cannot send it. */
export function adoptionOf(operation: Operation): Adoption | undefined {
  const { cluster, request } = operation
  if (cluster === undefined) return undefined
  const place = placeOf(cluster)
  if (!isSetupRequest(request)) return undefined
  const adopting = { ...request, adopt: true }
  return {
    place,
    report: (key, takeOver) => plan(api, adopting, key, takeOver),
    carryOut: (key, takeOver) => setUp(api, adopting, key, takeOver),
  }
}
