/** The monthly usage of each priced unit by a deployment. */
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import { sumOf, usageOfIdleAgents, usageOfRelays } from './agent-usage.ts'
import { costOf, costs, type ExecutionCost } from './execution-costs.ts'
import { daysOfMonth, type Usage } from './prices.ts'

/** What the owner of a deployment knows about it. */
export interface Deployment {
  readonly clusters: number
  /** The number of these clusters that have agents. */
  readonly agents: number
  /** Per cluster. */
  readonly workloads: number
  /** Per cluster and month. */
  readonly setups: number
  /** Per cluster and month. */
  readonly drifts: number
  /** Per day. */
  readonly rotations: number
  /** To the API, per day. */
  readonly requests: number
}

/**
 * Values that the state machines' definitions do not contain. bench/RESULTS.md has the measured values. The other
 * values are generous estimates.
 */
export const assumptions = {
  /** One call, cold starts included. A step makes several calls to clouds. */
  secondsOfCall: 1.5,
  /** The memory of most functions: infra/functions/step-function.ts. */
  gbOfFunction: 0.75,
  /**
   * Write units: one write at the start of a step, and a transaction (two units per KB) with its end and the status:
   * lambdas/steps/recording.ts.
   */
  writesOfCall: 8,
  /** Read units: a step reads its operation with all steps, which has several KB. */
  readsOfCall: 6,
  /** The log lines of Lambda and of our code, and a metric. */
  logKbOfCall: 1.5,
  /** Step Functions logs several events per transition, without payloads. */
  logKbOfTransition: 3,
  /** Half of the steps connect to a cluster, and each of them reads its credentials. */
  secretReadsOfCall: 0.5,
  /** An estimate, not a measurement, for a setup of an existing cluster. */
  pollsOfSetup: 4,
  readsOfRequest: 10,
  /** One call per minute. */
  reconcilerCallsOfDay: 1440,
} as const

/**
 * Each state machine adds one metric to three alarms: failed, timed out, throttled. test/infra/cost/usage.test.ts
 * counts the metrics in the template.
 */
export const alarmMetrics = 33

/**
 * The number of metrics. Each kind of operation has OperationDuration with two statuses, and OperationWaiting.
 * DriftDifferences has three severities, and three metrics have no dimensions: lambdas/metrics.ts.
 */
const metrics = operationKinds.length * 3 + 3 + 3

/** @param deployment each of its clusters has our webhook, and a secret or an agent */
export function usageOf(deployment: Deployment): Usage {
  const { idle, relays } = usageOfAgents(deployment)
  return sumOf(usageWithoutAgents(deployment), idle, relays)
}

/** The usage of the agents while they are idle, and while operations need them. */
export function usageOfAgents({ agents, ...deployment }: Deployment): { readonly idle: Usage; readonly relays: Usage } {
  const { setups, drifts, rotations, workloads } = deployment
  const rotationsOfMonth = rotations * daysOfMonth
  const callsOfCluster =
    setups * polled(costOf(costs.setup, workloads)).calls +
    drifts * costOf(costs.drift, workloads).calls +
    rotationsOfMonth * (costs.rotation.each.calls + costOf(costs.verification, workloads).calls)
  // The verification follows its rotation, so both need the agent once.
  const operations = agents * (setups + drifts + rotationsOfMonth)
  return { idle: usageOfIdleAgents(agents), relays: usageOfRelays(operations, agents * callsOfCluster) }
}

function usageWithoutAgents(deployment: Deployment): Usage {
  const { clusters, agents, requests } = deployment
  const executions = executionsOf(deployment)
  const ran = sum(executions.map(({ cost, times }) => scaled(cost, times)))
  const scheduled = assumptions.reconcilerCallsOfDay * daysOfMonth
  const asked = requests * daysOfMonth
  const started = executions.reduce((all, { times }) => all + times, 0)
  // One more call for each execution: the reconciler records its end.
  const calls = ran.calls + started + scheduled + asked
  return {
    transitions: ran.transitions,
    calls,
    gbSeconds: calls * assumptions.secondsOfCall * assumptions.gbOfFunction,
    writes: (ran.calls + started) * assumptions.writesOfCall,
    reads: (ran.calls + started) * assumptions.readsOfCall + (asked + scheduled) * assumptions.readsOfRequest,
    requests: asked,
    logGb: (calls * assumptions.logKbOfCall + ran.transitions * assumptions.logKbOfTransition) / 1e6,
    metrics,
    alarmMetrics,
    dashboards: 1,
    traces: started + scheduled + asked,
    secrets: clusters - agents,
    secretCalls: clusters > 0 ? (ran.calls * assumptions.secretReadsOfCall * (clusters - agents)) / clusters : 0,
  }
}

interface Executions {
  readonly cost: ExecutionCost
  /** Per month. */
  readonly times: number
}

function executionsOf({ clusters, workloads, setups, drifts, rotations }: Deployment): Executions[] {
  const rotationsOfMonth = rotations * daysOfMonth
  return [
    { cost: polled(costOf(costs.setup, workloads)), times: clusters * setups },
    { cost: costOf(costs.drift, workloads), times: clusters * drifts },
    // One run of the schedule starts the drifts of all clusters.
    { cost: costOf(costs.scheduledDrifts, clusters), times: drifts },
    { cost: costOf(costs.rotation, clusters), times: rotationsOfMonth },
    // A rotation verifies each cluster.
    { cost: costOf(costs.verification, workloads), times: rotationsOfMonth * clusters },
  ]
}

/** A poll consists of a step, a choice and a wait. */
function polled({ transitions, calls }: ExecutionCost): ExecutionCost {
  return { transitions: transitions + 3 * assumptions.pollsOfSetup, calls: calls + assumptions.pollsOfSetup }
}

function scaled({ transitions, calls }: ExecutionCost, times: number): ExecutionCost {
  return { transitions: transitions * times, calls: calls * times }
}

function sum(all: readonly ExecutionCost[]): ExecutionCost {
  return all.reduce(
    (one, other) => ({ transitions: one.transitions + other.transitions, calls: one.calls + other.calls }),
    { transitions: 0, calls: 0 },
  )
}
