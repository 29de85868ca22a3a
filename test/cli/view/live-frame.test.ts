import { expect, test } from 'vitest'
import { elapsed, liveFrame } from '../../../cli/view/live-frame.ts'
import { said } from '../support/lines.ts'
import { operationWith, stepWith } from '../support/operations.ts'

const start = Date.parse('2026-11-25T10:00:00.000Z')

test('a frame shows each running step with its duration, its attempt and what it waits for', () => {
  const steps = [
    stepWith({ state: 'CreateBucket', status: 'succeeded' }),
    stepWith({ state: 'CheckCluster', status: 'waiting', attempts: 3, waitingFor: 'no ID yet' }),
  ]
  expect(said(liveFrame(operationWith({ steps }), start + 65_000))).toEqual([
    expect.stringMatching(/^ {2}\S CheckCluster {2}1:05, attempt 3 {2}no ID yet$/),
    '  running, 1:05; Ctrl-C stops watching, and not the operation',
  ])
})

test('a frame has a row for each workload, with a symbol for each of its steps', () => {
  const steps = [
    stepWith({ item: 'default/a', status: 'succeeded' }),
    stepWith({ item: 'reports/exporter', status: 'failed' }),
    stepWith({ item: 'default/a', state: 'BindKsa', status: 'running' }),
  ]
  expect(said(liveFrame(operationWith({ steps }), start))).toEqual([
    expect.stringMatching(/^ {4}default\/a {9}✔ CreateRole {2}\S BindKsa$/),
    '    reports/exporter  ✖ CreateRole  · BindKsa',
    '  running, 0 s; Ctrl-C stops watching, and not the operation',
  ])
})

test.for([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1:00'],
  [3599, '59:59'],
  [3661, '1:01:01'],
  [-5, '0 s'],
] as const)('%s seconds are shown as %s', ([seconds, text]) => {
  expect(elapsed(new Date(start).toISOString(), start + seconds * 1000)).toBe(text)
})
