/** How much of each priced unit a deployment takes in a month. */
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import type { PricedUnit } from './prices.ts'
import { type Run, runs, runWith } from './runs.ts'

/** What the owner of a deployment knows of it. */
export interface Deployment {
  readonly clusters: number
  /** Of each cluster. */
  readonly workloads: number
  /** Of each cluster, in a month. */
  readonly setups: number
  readonly drifts: number
  /** In a day. */
  readonly rotations: number
  /** To the API, in a day. */
  readonly requests: number
}

/**
 * What cannot be counted in the definitions. Measured in the sandbox where `bench/RESULTS.md` has it, and else estimated with room
 * to spare.
 */
export const assumptions = {
  /** Of one call, cold starts among them. A step makes some calls to clouds. */
  secondsOfCall: 1.5,
  /** The memory of most functions: infra/functions/step-function.ts. */
  gbOfFunction: 0.75,
  /** A step records its start, and in one transaction, which takes two units of a KB, its end and its part of the status: lambdas/steps/recording.ts. */
  writesOfCall: 8,
  /** A step reads its operation with all steps, which have some KB. */
  readsOfCall: 6,
  /** The lines of Lambda itself, ours and a metric. */
  logKbOfCall: 1.5,
  /** Step Functions logs several events of a transition, without their data. */
  logKbOfTransition: 3,
  /** A step that talks to a cluster reads its credentials. Half of the steps do. */
  secretReadsOfCall: 0.5,
  /** Half of the polls of a setup whose cluster is there. */
  pollsOfSetup: 4,
  readsOfRequest: 10,
  /** Once a minute. */
  reconcilerCallsOfDay: 1440,
  daysOfMonth: 30.4,
} as const

/** Of all alarms: each state machine counts in three of them. test/infra/cost/usage.test.ts counts them in the template. */
export const alarmMetrics = 33

/** By kind and status, by kind, by severity, and three without dimensions: lambdas/metrics.ts. */
const metrics = operationKinds.length * 3 + 3 + 3

/** @param deployment whose clusters each have one secret, and a webhook of ours */
export function usageOf(deployment: Deployment): Readonly<Record<PricedUnit, number>> {
  const { clusters, requests } = deployment
  const executions = executionsOf(deployment)
  const ran = sum(executions.map(({ run, times }) => scaled(run, times)))
  const scheduled = assumptions.reconcilerCallsOfDay * assumptions.daysOfMonth
  const asked = requests * assumptions.daysOfMonth
  const started = executions.reduce((all, { times }) => all + times, 0)
  // One more call for each execution: the function that records its end.
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
    secrets: clusters,
    secretCalls: ran.calls * assumptions.secretReadsOfCall,
  }
}

interface Executions {
  readonly run: Run
  /** In a month. */
  readonly times: number
}

function executionsOf({ clusters, workloads, setups, drifts, rotations }: Deployment): Executions[] {
  const rotationsOfMonth = rotations * assumptions.daysOfMonth
  return [
    { run: polled(runWith(runs.setup, workloads)), times: clusters * setups },
    { run: runWith(runs.drift, workloads), times: clusters * drifts },
    // The schedule starts the drifts of all clusters in one run.
    { run: runWith(runs.scheduledDrifts, clusters), times: drifts },
    { run: runWith(runs.rotation, clusters), times: rotationsOfMonth },
    // A rotation verifies each cluster.
    { run: runWith(runs.verification, workloads), times: rotationsOfMonth * clusters },
  ]
}

/** A poll is a step, a choice and a wait. */
function polled({ transitions, calls }: Run): Run {
  return { transitions: transitions + 3 * assumptions.pollsOfSetup, calls: calls + assumptions.pollsOfSetup }
}

function scaled({ transitions, calls }: Run, times: number): Run {
  return { transitions: transitions * times, calls: calls * times }
}

function sum(all: readonly Run[]): Run {
  return all.reduce(
    (one, other) => ({ transitions: one.transitions + other.transitions, calls: one.calls + other.calls }),
    { transitions: 0, calls: 0 },
  )
}
