import { setTimeout as sleep } from 'node:timers/promises'
import middy from '@middy/core'
import type * as z from 'zod/mini'
import { recorded } from '../errors/recorded.ts'
import { StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { allClusters, readCluster } from '../operations/cluster-record.ts'
import { callOf, scheduleEvent } from '../operations/schedule.ts'
import { startOperation } from '../operations/start-operation.ts'
import { driftRequest } from '../workflows/comparison/drift.ts'
import { type Attempted, inTurn } from '../workflows/comparison/in-turn.ts'
import { deployment } from './deployment.ts'
import { refusedNow } from './refused-now.ts'

export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler((received) =>
  startDrifts(received, async (milliseconds) => void (await sleep(milliseconds))),
)

/**
 * Starts a drift of each cluster that does not suspend it, once for each time of the schedule. It is what `POST /v1/clusters/{cluster}/drift` starts, and
 * subscribers are notified of what it finds. A cluster that an operation is changing is tried again for some minutes, and then left to the
 * next time.
 *
 * @throws {Error} when a drift could not be started, after all others; the log names each. Lambda calls again
 */
export async function startDrifts(received: unknown, wait: (milliseconds: number) => Promise<void>): Promise<void> {
  const event = scheduleEvent.parse(received)
  const clusters = (await allClusters()).map(({ cluster }) => cluster)
  const came = await inTurn(clusters, { attempt: (cluster) => attempt(cluster, event), wait })
  const { started, busy, failed } = came
  log('info', 'drifts started', { scheduledTime: event.scheduledTime, started: started.length, busy, failed })
  if (failed.length > 0) throw new Error(`${failed.length} drifts could not be started: the log names them`)
}

async function attempt(cluster: string, event: z.output<typeof scheduleEvent>): Promise<Attempted> {
  try {
    return await startDrift(cluster, event)
  } catch (error) {
    const known = error instanceof StepError && recorded(error)
    log('error', 'drift not started', { cluster, ...(known && { error: known }), frames: framesOf(error) })
    return 'failed'
  }
}

async function startDrift(cluster: string, event: z.output<typeof scheduleEvent>): Promise<Attempted> {
  const observed = await readCluster(cluster)
  if (!observed) return 'left out'
  if (observed.cluster.spec.reconcile === 'suspended') {
    log('info', 'drift left out', { cluster, reason: 'reconcile is suspended in the spec of the cluster' })
    return 'left out'
  }
  if (observed.lock) return 'busy'
  const made = driftRequest(observed, undefined, refusedNow(observed, deployment()))
  if ('refused' in made) {
    log('info', 'drift left out', { cluster, reason: made.refused })
    return 'left out'
  }
  const request = { ...made.request, scheduled: true }
  const call = callOf(event, ['drift', cluster])
  const { outcome } = await startOperation(call, async () => ({ kind: 'drift', cluster, request }))
  return outcome === 'started' ? 'started' : 'started before'
}
