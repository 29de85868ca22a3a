/** Schemas of operations in the API, and source of the OpenAPI description. */
import * as z from 'zod/mini'
import { recordedError } from '../../errors/recorded.ts'
import {
  hasEnded,
  type OperationItem,
  operationItem,
  type StepItem,
  setupResult,
  stepItem,
} from '../../operations/record/record.ts'
import { proof } from '../../proof/proof.ts'
import { change, inWords, mergedChanges } from '../../report/change.ts'
import { clusterEvent, task } from '../../report/waiting.ts'
import { driftOf, driftResult } from '../../workflows/comparison/drift.ts'
import { planOf, planResult } from '../../workflows/comparison/plan.ts'
import { rotationResult, rotationResultOf } from '../../workflows/rotation/rotation.ts'
import { signingKeysOf, signingKeysResult } from '../../workflows/signing-keys/signing-keys.ts'
import { teardownResult, teardownResultOf } from '../../workflows/teardown/teardown.ts'
import { nextPath } from '../next-path.ts'

const publicOperation = z.omit(operationItem, { notifyAt: true, toRepair: true, found: true })

export const operationSummary = z.omit(publicOperation, { result: true })

const stepView = z.extend(
  z.omit(stepItem, {
    status: true,
    attemptAt: true,
    runsUntil: true,
    retries: true,
    waiting: true,
    output: true,
    error: true,
  }),
  {
    status: z
      .enum(['running', 'waiting', 'succeeded', 'failed', 'stopped'])
      .check(z.describe('stopped: the operation ended while the step was under way')),
    waitingFor: z.exactOptional(z.string().check(z.describe('Why the step is not done yet, and what can be done'))),
    task: z.exactOptional(
      task.check(z.describe('What a person has to do before the step continues, if that is known')),
    ),
    waitsUntil: z.exactOptional(
      z.iso.datetime().check(z.describe('When the step stops waiting, and the operation fails')),
    ),
    changes: z.array(change).check(z.describe('The changes, one for each object')),
    error: z.exactOptional(recordedError),
  },
)

export const setupView = z.extend(setupResult, {
  proofs: z.array(proof).check(z.describe('The proofs, one for each workload')),
})

export const operationView = z.extend(publicOperation, {
  request: z.record(z.string(), z.unknown()).check(z.describe('The request in its normal form')),
  steps: z.array(stepView).check(z.describe('The steps, in the order in which they started')),
  waitsFor: z.exactOptional(
    z
      .string()
      .check(z.describe('The operation that changes the cluster now. Present while this operation waits for it')),
  ),
  clusterEvents: z
    .array(clusterEvent)
    .check(z.describe('The newest Kubernetes events of the AWSCluster, from the last check that found it not ready')),
  result: z.exactOptional(
    z
      .union([setupView, teardownResult, planResult, driftResult, rotationResult, signingKeysResult])
      .check(
        z.describe(
          'The result, by the kind of the operation: a setup or verification, a teardown, a plan, a drift, a rotation, a refresh or revocation of signing keys',
        ),
      ),
  ),
})

export const operationPage = z.object({ operations: z.array(operationSummary), next: nextPath })

export type OperationSummary = z.output<typeof operationSummary>
export type OperationView = z.output<typeof operationView>

export function summaryOf({
  result: _,
  notifyAt: _notifyAt,
  toRepair: _toRepair,
  found: _found,
  ...operation
}: OperationItem): OperationSummary {
  return operation
}

export function viewOf(recorded: {
  readonly operation: OperationItem
  readonly request: Readonly<Record<string, unknown>>
  readonly steps: readonly StepItem[]
  readonly waitsFor?: string
}): OperationView {
  const { operation, request, steps, waitsFor } = recorded
  const rest = summaryOf(operation)
  const result = resultOf(recorded)
  return {
    ...rest,
    // The function that starts the execution may crash before it records the start.
    status: operation.status === 'queued' && steps.length > 0 ? 'running' : operation.status,
    request: { ...request },
    steps: steps.map((step) => stepViewOf(step, operation)),
    ...(waitsFor !== undefined && { waitsFor }),
    clusterEvents: steps.find(({ state }) => state === 'CheckCluster')?.waiting?.events ?? [],
    ...(result && { result }),
  }
}

/** The record has the results of setups and verifications. Other results are computed from the steps' records. */
function resultOf({ operation, request, steps }: Parameters<typeof viewOf>[0]): OperationView['result'] {
  const { kind, status, result } = operation
  if (kind === 'rotation') return rotationResultOf(steps, hasEnded(status))
  if (kind === 'setup' || kind === 'verification') return result && { ...result, proofs: proofsOf(steps) }
  if (!hasEnded(status)) return undefined
  if (kind === 'teardown') return teardownResultOf(request, steps)
  if (kind === 'key-refresh' || kind === 'key-revocation') return signingKeysOf(request, steps)
  return status === 'succeeded' ? comparisonOf(kind, request, steps) : undefined
}

function comparisonOf(kind: 'plan' | 'drift', request: object, steps: readonly StepItem[]): OperationView['result'] {
  return kind === 'plan' ? planOf(request, steps) : driftOf(request, steps)
}

function stepViewOf(step: StepItem, operation: OperationItem): OperationView['steps'][number] {
  const ended = hasEnded(operation.status)
  const { attemptAt: _attemptAt, retries: _retries, runsUntil: _runsUntil, ...shown } = step
  const { waiting, output: _output, error, changes, status, ...rest } = shown
  const underWay = status === 'running' || status === 'waiting'
  return {
    ...rest,
    status: underWay && ended ? 'stopped' : status,
    changes: operation.dryRun ? mergedChanges(changes).map(inWords) : mergedChanges(changes),
    ...(waiting && underWay && waitingOf(waiting)),
    ...(error && status === 'failed' && { error }),
  }
}

function waitingOf({ reason, task, until }: NonNullable<StepItem['waiting']>) {
  return { waitingFor: reason, ...(task && { task }), ...(until !== undefined && { waitsUntil: until }) }
}

function proofsOf(steps: readonly StepItem[]): z.output<typeof setupView>['proofs'] {
  return steps.flatMap(({ state, output }) => (state === 'Verify' && output ? [proof.parse(output)] : []))
}
