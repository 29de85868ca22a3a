import { afterEach, expect, test, vi } from 'vitest'
import { framesOf, log } from '../../lambdas/log.ts'

const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)

afterEach(() => {
  write.mockClear()
  delete process.env._X_AMZN_TRACE_ID
})

function lines(): unknown[] {
  return write.mock.calls.map(([text]) => JSON.parse(String(text)))
}

test('a line of the log has the trace ID of its call', () => {
  process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
  log('info', 'step succeeded', { operationId: '1' })
  expect(lines()).toEqual([
    {
      time: expect.any(String),
      level: 'info',
      message: 'step succeeded',
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
      operationId: '1',
    },
  ])
})

test('a line of the log has no trace ID without a trace', () => {
  log('error', 'step failed', {})
  expect(lines()).toEqual([{ time: expect.any(String), level: 'error', message: 'step failed' }])
})

test('the stack frames of an error do not contain its message', () => {
  const frames = framesOf(new Error('secret\n  at secret'))
  expect(frames.length).toBeGreaterThan(0)
  expect(frames.slice(1).join()).not.toContain('secret')
})
