import { afterEach, expect, test, vi } from 'vitest'
import { longestWait, publishEnd } from '../../../../lambdas/operations/notifications/end-metrics.ts'
import type { OperationItem, StepItem } from '../../../../lambdas/operations/record/record.ts'
import { publishedMetrics } from '../../../support/aws/published-metrics.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

afterEach(() => vi.restoreAllMocks())

const at = (seconds: number) => new Date(Date.parse('2026-11-28T12:00:00.000Z') + seconds * 1000).toISOString()
const waiting = { reason: 'the cluster is not ready', events: [] }

const operation: OperationItem = {
  operationId: 'o',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'failed',
  requestedBy: 'alice',
  createdAt: at(0),
  startedAt: at(5),
  endedAt: at(60),
}
const step = (fields: Partial<StepItem>) =>
  recordedStep('CheckCluster', { startedAt: at(10), attemptAt: at(30), ...fields })

test('only the longest wait of a step counts', () => {
  const steps = [
    step({ endedAt: at(50) }),
    step({ endedAt: at(20), waiting }),
    step({ startedAt: at(20), endedAt: at(45), waiting }),
  ]
  expect(longestWait(steps, at(60))).toBe(25_000)
  expect(longestWait(steps.slice(0, 1), at(60))).toBe(0)
  expect(longestWait([], at(60))).toBe(0)
})

test('the wait of a step that still waits ends with its operation', () => {
  expect(longestWait([step({ status: 'waiting', waiting })], at(60))).toBe(50_000)
})

test('the metrics of an end have kind, status, duration and wait', () => {
  const published = publishedMetrics()
  publishEnd({ operation, steps: [step({ endedAt: at(40), waiting })] })
  expect(published()).toMatchObject([
    { OperationDuration: 60_000, kind: 'setup', status: 'failed', operationId: 'o', cluster: 'prod-eu' },
    { OperationWaiting: 30_000, kind: 'setup', operationId: 'o' },
  ])
})

test('an operation that did not wait has no metric of its wait', () => {
  const published = publishedMetrics()
  publishEnd({ operation, steps: [step({ endedAt: at(40) })] })
  expect(published().map((line) => Object.keys(line).filter((key) => key.startsWith('Operation')))).toEqual([
    ['OperationDuration'],
  ])
})

test('a running operation has no metrics', () => {
  const published = publishedMetrics()
  const { endedAt: _, ...running } = operation
  publishEnd({ operation: { ...running, status: 'running' }, steps: [] })
  expect(published()).toEqual([])
})
