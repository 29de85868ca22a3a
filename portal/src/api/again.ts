/** Repeats an operation from its page, or carries out what a dry run or a plan reported. */
import type { Operation, OperationSummary } from '../../../client/api.ts'
import {
  isSetupRequest,
  lookForDrift,
  refreshSigningKeys,
  repair,
  revokeSigningKey,
  rotate,
  type Teardown,
  tearDown,
  verify,
} from '../../../client/starts.ts'
import { type ActionName, type Scope, scopeOf } from './access.ts'
import { api } from './client.ts'
import { isReportOnly, recordedRevocation, recordedTeardown, verifiedAlone } from './recorded-requests.ts'
import { plan, type Send, setUp } from './start.ts'

/** A request that starts an operation. */
export interface Again {
  /** @param key the idempotency key @param takeOver see {@link Send} */
  readonly send: (key?: string, takeOver?: boolean) => Promise<OperationSummary>
  /** The right that its sender needs, and the scope of that right. */
  readonly action: ActionName
  readonly scope: Scope
}

/** Returns the same request again, or undefined when the page cannot send it. */
export function againOf(operation: Operation): Again | undefined {
  const { kind, cluster, namespaces, request } = operation
  if (kind === 'rotation') return rotationOf(isReportOnly(operation))
  if (cluster === undefined) return undefined
  const scope = { cluster }
  switch (kind) {
    case 'setup':
      return setupOf(operation)
    case 'plan':
      return again('start-plan', scopeOf(cluster, namespaces), plan, isSetupRequest(request) ? request : undefined)
    case 'drift':
      return again('start-drift', scope, lookForDrift, cluster)
    case 'key-refresh':
      return again('refresh-signing-keys', scope, refreshSigningKeys, cluster)
    case 'verification':
      return verificationOf(cluster, operation)
    case 'key-revocation':
      return again('revoke-signing-key', scope, revokeSigningKey, recordedRevocation(cluster, operation))
    case 'teardown':
      return teardownOf(cluster, operation)
  }
}

/** Returns the request that applies what a plan or a dry run reported, or undefined when the page cannot send it. */
export function carryOutOf(operation: Operation): Again | undefined {
  const { kind } = operation
  if (kind === 'plan') return setupOf(operation)
  return kind === 'rotation' ? rotationOf(false) : undefined
}

/** Returns a setup of the cluster's recorded spec, or undefined for an operation on all clusters. */
export function repairOf({ cluster }: Operation): Again | undefined {
  return again('start-setup', scopeOf(cluster), repair, cluster)
}

function rotationOf(dryRun: boolean): Again | undefined {
  return again('start-rotation', {}, rotate, { dryRun })
}

function setupOf({ cluster, request }: Operation): Again | undefined {
  return again('start-setup', scopeOf(cluster), setUp, isSetupRequest(request) ? request : undefined)
}

function verificationOf(cluster: string, operation: Operation): Again | undefined {
  const workload = verifiedAlone(operation)
  return again('start-verification', scopeOf(cluster, workload && [workload.namespace]), verify, { cluster, workload })
}

function teardownOf(cluster: string, operation: Operation): Again | undefined {
  const teardown = recordedTeardown(cluster, operation)
  if (!teardown) return undefined
  const { action, scope } = permissionToTearDown(teardown)
  return again(action, scope, tearDown, teardown)
}

/** The right that every teardown needs. The options of a teardown need further rights. */
export function permissionToTearDown({
  cluster,
  workload,
}: Pick<Teardown, 'cluster' | 'workload'>): Omit<Again, 'send'> {
  if (!workload) return { action: 'tear-down-cluster', scope: { cluster } }
  return { action: 'tear-down-workload', scope: { cluster, namespace: workload.namespace } }
}

function again<Subject>(
  action: ActionName,
  scope: Scope,
  send: Send<Subject>,
  subject: Subject | undefined,
): Again | undefined {
  return subject && { action, scope, send: (key, takeOver) => send(api, subject, key, takeOver) }
}

/** Only the API's advice for an adoptable object contains this text. test/portal/adoption.test.ts verifies that. */
const adoptionAdvice = 'adopt: true'

type Refused = Pick<Operation, 'error' | 'steps' | 'request' | 'result'>

/** The objects that the same request would adopt with `adopt: true`. */
export function adoptable({ error, steps, request, result }: Refused): string[] {
  if (request.adopt === true) return []
  const problems = result && 'writes' in result ? result.problems : []
  const errors = [error, ...steps.map((step) => step.error), ...problems].filter((each) => each !== undefined)
  return [...new Set(errors.filter(({ action }) => action.includes(adoptionAdvice)).map(({ object }) => object))]
}

/** `report` starts a plan, which changes nothing. `carryOut` starts a setup. `scope` is that of the right to adopt. */
export interface Adoption {
  readonly scope: Scope
  readonly report: Again['send']
  readonly carryOut: Again['send']
}

/** Returns the same request with `adopt`, or undefined when the page cannot send it. */
export function adoptionOf(operation: Operation): Adoption | undefined {
  const { cluster, request } = operation
  if (cluster === undefined) return undefined
  const scope = scopeOf(cluster)
  if (!isSetupRequest(request)) return undefined
  const adopting = { ...request, adopt: true }
  return {
    scope,
    report: (key, takeOver) => plan(api, adopting, key, takeOver),
    carryOut: (key, takeOver) => setUp(api, adopting, key, takeOver),
  }
}
