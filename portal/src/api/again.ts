/** Repeats an operation from its page, or carries out what it only reported. */
import { type ActionName, type Place, placeOf } from './access.ts'
import type { Operation, OperationSummary } from './client.ts'
import { isReportOnly, recordedRevocation, recordedTeardown } from './recorded-requests.ts'
import {
  isSetupRequest,
  lookForDrift,
  plan,
  refreshSigningKeys,
  repair,
  revokeSigningKey,
  rotate,
  type Send,
  setUp,
  type Teardown,
  tearDown,
  verify,
  verifyWorkload,
} from './start.ts'
import { verifiedAlone } from './verified-alone.ts'

/** A request that starts an operation. */
export interface Again {
  /** @param key the idempotency key @param takeOver see {@link Send} */
  readonly send: (key: string, takeOver?: boolean) => Promise<OperationSummary>
  /** The right that its sender needs, and the scope of that right. */
  readonly action: ActionName
  readonly place: Place
}

/** Sends the same request again. Undefined when the page cannot. */
export function againOf(operation: Operation): Again | undefined {
  const { kind, cluster } = operation
  if (kind === 'rotation') return rotationOf(isReportOnly(operation))
  if (cluster === undefined) return undefined
  const place = { cluster }
  switch (kind) {
    case 'setup':
      return setupOf(operation)
    case 'plan':
      return planOf(operation)
    case 'drift':
      return { action: 'start-drift', place, send: (key) => lookForDrift(cluster, key) }
    case 'key-refresh':
      return { action: 'refresh-signing-keys', place, send: (key) => refreshSigningKeys(cluster, key) }
    case 'verification':
      return verificationOf(cluster, operation)
    case 'key-revocation':
      return again('revoke-signing-key', place, revokeSigningKey, recordedRevocation(cluster, operation))
    case 'teardown':
      return teardownOf(cluster, operation)
  }
}

/** Carries out what a plan or a dry run only reported. Undefined when the page cannot. */
export function carryOutOf(operation: Operation): Again | undefined {
  const { kind } = operation
  if (kind === 'plan') return setupOf(operation)
  return kind === 'rotation' ? rotationOf(false) : undefined
}

/** Sends the cluster's recorded spec again. Undefined without a cluster. */
export function repairOf({ cluster }: Operation): Again | undefined {
  if (cluster === undefined) return undefined
  return { action: 'start-setup', place: { cluster }, send: (key) => repair(cluster, key) }
}

function rotationOf(dryRun: boolean): Again {
  return { action: 'start-rotation', place: {}, send: (key) => rotate({ dryRun }, key) }
}

function setupOf({ cluster, request }: Operation): Again | undefined {
  if (!isSetupRequest(request)) return undefined
  return { action: 'start-setup', place: placeOf(cluster), send: (key, takeOver) => setUp(request, key, takeOver) }
}

function planOf({ cluster, namespaces, request }: Operation): Again | undefined {
  if (!isSetupRequest(request)) return undefined
  return {
    action: 'start-plan',
    place: placeOf(cluster, namespaces),
    send: (key, takeOver) => plan(request, key, takeOver),
  }
}

function verificationOf(cluster: string, { request }: Operation): Again {
  const action = 'start-verification'
  const workload = verifiedAlone(request)
  if (workload === undefined) return { action, place: { cluster }, send: (key) => verify(cluster, key) }
  const { namespace } = workload
  return { action, place: { cluster, namespace }, send: (key) => verifyWorkload({ cluster, ...workload }, key) }
}

function teardownOf(cluster: string, operation: Operation): Again | undefined {
  const teardown = recordedTeardown(cluster, operation)
  return teardown && { ...mayTearDown(teardown), send: (key) => tearDown(teardown, key) }
}

/** The right to a teardown, regardless of its options. */
export function mayTearDown({ cluster, workload }: Pick<Teardown, 'cluster' | 'workload'>): Omit<Again, 'send'> {
  if (!workload) return { action: 'tear-down-cluster', place: { cluster } }
  return { action: 'tear-down-workload', place: { cluster, namespace: workload.namespace } }
}

function again<Subject>(
  action: ActionName,
  place: Place,
  send: Send<Subject>,
  subject: Subject | undefined,
): Again | undefined {
  return subject && { action, place, send: (key) => send(subject, key) }
}
