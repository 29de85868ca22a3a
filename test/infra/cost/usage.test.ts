import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { agentAssumptions, usageOfIdleAgents } from '../../../infra/cost/agent-usage.ts'
import { billOf, billText, totalOf } from '../../../infra/cost/bill.ts'
import { costOf, costs } from '../../../infra/cost/execution-costs.ts'
import { daysOfMonth, prices } from '../../../infra/cost/prices.ts'
import { alarmMetrics, assumptions, type Deployment, usageOf, usageOfAgents } from '../../../infra/cost/usage.ts'
import { exampleStack } from '../../support/aws/stack.ts'

const idle: Deployment = { clusters: 0, agents: 0, workloads: 0, setups: 0, drifts: 0, rotations: 0, requests: 0 }

test('a deployment without clusters pays for the calls of the reconciler, the alarms and the dashboard', () => {
  const scheduled = assumptions.reconcilerCallsOfDay * daysOfMonth
  expect(usageOf(idle)).toMatchObject({
    transitions: 0,
    calls: scheduled,
    gbSeconds: scheduled * assumptions.secondsOfCall * assumptions.gbOfFunction,
    writes: 0,
    requests: 0,
    traces: scheduled,
    secrets: 0,
    alarmMetrics,
    dashboards: 1,
  })
})

test('each setup counts its polls, and each cluster counts a secret', () => {
  const { transitions, calls, secrets } = usageOf({ ...idle, clusters: 2, workloads: 3, setups: 5 })
  const one = costOf(costs.setup, 3)
  expect(transitions).toBe(10 * (one.transitions + 3 * assumptions.pollsOfSetup))
  expect(calls).toBeCloseTo(
    10 * (one.calls + assumptions.pollsOfSetup + 1) + assumptions.reconcilerCallsOfDay * daysOfMonth,
  )
  expect(secrets).toBe(2)
})

test('each rotation rotates all clusters, and verifies each of them', () => {
  const { transitions } = usageOf({ ...idle, clusters: 4, workloads: 2, rotations: 3 })
  const each = costOf(costs.rotation, 4).transitions + 4 * costOf(costs.verification, 2).transitions
  expect(transitions).toBeCloseTo(3 * daysOfMonth * each)
})

test('each scheduled drift counts the workflow that starts it and the drift of each cluster', () => {
  const { transitions } = usageOf({ ...idle, clusters: 4, workloads: 2, drifts: 30 })
  const run = costOf(costs.scheduledDrifts, 4).transitions + 4 * costOf(costs.drift, 2).transitions
  expect(transitions).toBeCloseTo(30 * run)
})

test('an idle agent calls every 30 seconds, and its cluster has no secret', () => {
  const [without, withAgents] = [0, 200].map((agents) => usageOf({ ...idle, clusters: 200, agents }))
  const calls = 200 * 2 * 60 * 24 * daysOfMonth
  expect(withAgents?.requests).toBeCloseTo(calls)
  expect((withAgents?.calls ?? 0) - (without?.calls ?? 0)).toBeCloseTo(calls)
  expect([without?.secrets, withAgents?.secrets]).toEqual([200, 0])
  expect(withAgents?.traces).toBeLessThan(calls / 4)
  expect(usageOfIdleAgents(1).traces).toBeCloseTo(calls / 200)
})

test('each operation of a cluster with an agent needs the agent, and each of its steps relays requests', () => {
  const deployment = { ...idle, clusters: 3, agents: 2, workloads: 4, drifts: 30 }
  const { relays } = usageOfAgents(deployment)
  const { neededSecondsOfOperation, secondsOfWaitingCall, requestsOfCall } = agentAssumptions
  const waiting = (60 * neededSecondsOfOperation) / secondsOfWaitingCall
  expect(relays.requests).toBeCloseTo(waiting + 60 * costOf(costs.drift, 4).calls * requestsOfCall * 2)
  expect(usageOfAgents({ ...deployment, agents: 0 }).relays).toMatchObject({ calls: 0, gbSeconds: 0, traces: 0 })
})

test('the bill states the parts of its total', () => {
  const text = billText(billOf(usageOf(idle)), [{ text: '200 idle agents', usd: 77.991 }])
  expect(text).toContain('in all\n    77.99  of it for 200 idle agents\n')
})

test('the bill multiplies quantity and price, and lists the most expensive units first', () => {
  const lines = billOf({ ...usageOf(idle), secrets: 100, transitions: 10_000 })
  expect(lines.map(({ usd }) => usd)).toEqual(lines.map(({ usd }) => usd).sort((one, other) => other - one))
  expect(lines[0]).toMatchObject({ quantity: 100, usd: 40 })
  expect(lines.find(({ price }) => price === prices.transitions)?.usd).toBe(0.25)
  expect(totalOf(lines)).toBeCloseTo(lines.reduce((all, { usd }) => all + usd, 0))
})

test('the bill lists each unit, and links to the page of each price that was not read from it', () => {
  const lines = billOf(usageOf({ ...idle, clusters: 50 }))
  const text = billText(lines)
  for (const { unit, page, read } of Object.values(prices)) {
    expect(text).toContain(` ${unit}\n`)
    expect(text.includes(`\n  ${page}\n`), page).toBe(read === 'memory')
  }
  expect(text).toContain('    20.00  50 secrets\n')
  expect(text).toContain('     3.00  1 dashboards\n')
  expect(text).toMatch(/ \d\.\d GB of logs\n/)
  expect(text).toContain(`${totalOf(lines).toFixed(2)}  in all\n`)
})

test('the alarms of the template have as many metrics as the estimate counts', () => {
  const alarms = Object.values(Template.fromStack(exampleStack()).findResources('AWS::CloudWatch::Alarm'))
  const metrics = alarms.map(({ Properties: { Metrics = [{ MetricStat: {} }] } }) =>
    Metrics.filter((metric: object) => 'MetricStat' in metric),
  )
  expect(metrics.flat()).toHaveLength(alarmMetrics)
})
