import { afterEach, expect, test, vi } from 'vitest'
import { publishMetric } from '../../lambdas/metrics.ts'
import { publishedMetrics } from '../support/aws/published-metrics.ts'

afterEach(() => vi.restoreAllMocks())

test('a value is one line, with its dimensions and further properties', () => {
  const published = publishedMetrics()
  publishMetric('OperationDuration', 1234, {
    dimensions: { kind: 'setup', status: 'failed' },
    about: { operationId: 'o', cluster: undefined },
  })
  expect(published()).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'WorkloadIdentity',
            Dimensions: [['service', 'kind', 'status']],
            Metrics: [{ Name: 'OperationDuration', Unit: 'Milliseconds' }],
          },
        ],
      },
      service: expect.any(String),
      kind: 'setup',
      status: 'failed',
      operationId: 'o',
      OperationDuration: 1234,
    },
  ])
})

test('a value without dimensions has only that of the service, and no properties of an earlier value', () => {
  const published = publishedMetrics()
  publishMetric('OperationDuration', 1, {
    dimensions: { kind: 'setup', status: 'failed' },
    about: { operationId: 'o' },
  })
  publishMetric('OperationsStuck', 0)
  const [, line] = published()
  expect(line).toMatchObject({ OperationsStuck: 0, _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } })
  expect(Object.keys(line ?? {}).sort()).toEqual(['OperationsStuck', '_aws', 'service'])
})
