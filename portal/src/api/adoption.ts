/** What an operation was refused because somebody made it by hand, and how it is sent again so that it takes that over. */
import { type Place, placeOf } from './access.ts'
import type { Again } from './again.ts'
import type { Operation } from './client.ts'
import { isSetupRequest, plan, setUp } from './start.ts'

/** What the API says to do about an object that may be adopted, and about no other one. test/portal/adoption.test.ts holds it. */
const cure = 'adopt: true'

type Refused = Pick<Operation, 'error' | 'steps' | 'request' | 'result'>

/** The objects that the same request would take over if it adopted. */
export function adoptable({ error, steps, request, result }: Refused): string[] {
  if (request.adopt === true) return []
  const problems = result && 'writes' in result ? result.problems : []
  const errors = [error, ...steps.map((step) => step.error), ...problems].filter((each) => each !== undefined)
  return [...new Set(errors.filter(({ action }) => action.includes(cure)).map(({ object }) => object))]
}

/** Who may adopt is asked of the cluster. Each request of it is another one: `report` changes nothing. */
export interface Adoption {
  readonly place: Place
  readonly report: Again['send']
  readonly carryOut: Again['send']
}

/** The same request with `adopt`; undefined where the page cannot send it. */
export function adoptionOf(operation: Operation): Adoption | undefined {
  const { cluster, request } = operation
  if (cluster === undefined) return undefined
  const place = placeOf(cluster)
  if (!isSetupRequest(request)) return undefined
  const adopting = { ...request, adopt: true }
  return {
    place,
    report: (key, takeOver) => plan(adopting, key, takeOver),
    carryOut: (key, takeOver) => setUp(adopting, key, takeOver),
  }
}
