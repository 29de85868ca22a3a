import type * as z from 'zod/mini'
import { allDone } from '../../errors/attempts.ts'
import { log } from '../../log.ts'
import { publishMetric } from '../../metrics.ts'
import { failureOf } from '../../operations/reconcile/operation-end.ts'
import { readCluster } from '../../operations/record/cluster-record.ts'
import { endOperation, readOperation } from '../../operations/record/operations.ts'
import { recordFailed, recordStarted, type StepRef } from '../../operations/record/progress.ts'
import type { OperationEnd, StepItem } from '../../operations/record/record.ts'
import { recordSync } from '../../operations/record/sync-record.ts'
import { severities } from '../../report/severity.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { type DriftResult, driftByOwner, driftOf, severitiesIn } from './drift.ts'
import { outOfSync } from './out-of-sync.ts'
import { description } from './record-comparison.step.ts'
import { repairableIn } from './repairable.ts'

type Input = z.output<typeof description.input>
type Failure = Input['failures'][number]

/**
 * Ends a plan or a drift, whose report is computed from the steps' records. A step whose function was killed or could
 * not be called has not recorded its failure, so this step records that failure.
 *
 * For a drift this step records the condition InSync of the cluster and its workloads. For a scheduled drift it also
 * publishes the number of differences, and records the summary for subscribers and the differences to repair. The
 * reconciler then sends the notification and starts the repair.
 */
export const run: StepRun<typeof description> = async ({ failures, scheduled = false }, { operationId, cluster }) => {
  if (failures.length > 0) {
    const steps = (await readOperation(operationId))?.steps ?? []
    await allDone(failures.map((failure) => recordUnlessReported(failure, { operationId, cluster, steps })))
  }
  const found = await foundNow({ operationId, cluster, scheduled })
  const toRepair = scheduled && found?.mode === 'repair' ? repairableIn(found.drift) : []
  const summary = scheduled && found && published(found.drift, { operationId, cluster })
  await endOperation(
    { operationId },
    { status: 'succeeded', ...(toRepair.length > 0 && { toRepair }), ...(summary && { found: summary }) },
  )
  return { output: {}, changes: [] }
}

export const handler = step(description, run)

interface Compared {
  readonly operationId: string
  readonly cluster: string
  readonly scheduled: boolean
}

interface Found {
  readonly drift: DriftResult
  readonly mode: SetupRequest['reconcile']
}

/**
 * Records and returns the findings of a drift. Returns undefined for a plan and for a cancelled drift. Also returns
 * undefined if another operation is changing the cluster or has changed it since the drift began, because the
 * differences may come from that operation.
 */
async function foundNow({ operationId, cluster, scheduled }: Compared): Promise<Found | undefined> {
  const recorded = await readOperation(operationId)
  if (recorded?.operation.kind !== 'drift' || recorded.operation.status === 'cancelled') return undefined
  const now = await readCluster(cluster)
  if (!now || now.lock || now.cluster.lastOperationId > operationId) {
    log('info', 'no notification of the drift: the cluster is being changed', { operationId, cluster })
    return undefined
  }
  const { request, steps } = recorded
  const { cluster: own, workloads } = driftByOwner(request, steps)
  await recordSync(now, {
    scheduled,
    cluster: outOfSync(own, cluster),
    workloads: workloads.map(({ ref, drift }) => ({ ref, assessment: outOfSync(drift, cluster) })),
  })
  return { drift: driftOf(request, steps), mode: now.cluster.spec.reconcile }
}

/** Publishes the number of differences of each severity. Returns the summary, or undefined when nothing differs. */
function published(
  drift: DriftResult,
  about: { readonly operationId: string; readonly cluster: string },
): OperationEnd['found'] {
  const all = severitiesIn(drift)
  for (const severity of severities) {
    const count = all.filter((each) => each === severity).length
    publishMetric('DriftDifferences', count, { dimensions: { severity }, about })
  }
  const { severity, ...counts } = drift.summary
  return severity && { severity, ...counts }
}

async function recordUnlessReported(
  { state, item, ...caught }: Failure,
  recorded: { readonly operationId: string; readonly cluster: string; readonly steps: readonly StepItem[] },
): Promise<void> {
  const ref: StepRef = { operationId: recorded.operationId, state, item }
  const own = recorded.steps.filter((step) => step.state === state && step.item === item)
  if (own.some(({ status }) => status === 'failed')) return
  const at = new Date()
  if (own.length === 0) await recordStarted(ref, at)
  const { name, object, reason, action } = failureOf(caught, recorded.cluster, own)
  await recordFailed(ref, { name, object, reason, action }, at)
}
