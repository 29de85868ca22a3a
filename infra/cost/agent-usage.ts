/** The monthly usage by agents of clusters: their calls, and the requests that they relay. */
import { daysOfMonth, pricedUnits, type Usage } from './prices.ts'

/**
 * bench/AGENT.md has the measured numbers of calls and of relayed requests. The other values are generous estimates.
 */
export const agentAssumptions = {
  /** An idle agent: lambdas/api/agents/get-work.ts. */
  secondsBetweenCalls: 30,
  secondsOfIdleCall: 0.1,
  /** The memory of the function: infra/functions/functions.ts. */
  gbOfFunction: 0.5,
  /** Reads of the agent's item, of its cluster's record, and of the requests to the agent. */
  readsOfIdleCall: 4,
  /**
   * Every third call of an idle agent writes the time of the call: three write units, because the item has up to 3 KB.
   */
  writesOfIdleCall: 1,
  /** The log lines of Lambda and of API Gateway. */
  logKbOfCall: 1,
  /** A waiting call of the agent and a waiting step each read the table several times a second. */
  readsOfNeededSecond: 7,
  /** Half a minute of work, and 90 seconds for which the agent calls without a pause (lambdas/agent/relay.ts). */
  neededSecondsOfOperation: 120,
  /** A call for work waits at most this long. */
  secondsOfWaitingCall: 20,
  /** Relayed requests of a step. */
  requestsOfCall: 5,
  /** How much longer a step takes for each request. */
  secondsOfRequest: 0.4,
  /** How long the first step of an operation waits for an idle agent, on average. */
  secondsUntilFirstCall: 15,
  /** The write of the request, and the transaction with its answer. */
  writesOfRequest: 14,
  readsOfRequest: 12,
  gbOfStep: 0.75,
  /** Lambda traces one call in each second, and five percent of the other calls. */
  tracedShare: 0.05,
} as const

const secondsOfMonth = daysOfMonth * 24 * 3600

const nothing = {
  ...{ transitions: 0, calls: 0, gbSeconds: 0, writes: 0, reads: 0, requests: 0, logGb: 0 },
  ...{ metrics: 0, alarmMetrics: 0, dashboards: 0, traces: 0, secrets: 0, secretCalls: 0 },
} satisfies Usage

/** The usage by the calls of this number of agents while no function needs them. */
export function usageOfIdleAgents(agents: number): Usage {
  const one = agentAssumptions
  const calls = (agents * secondsOfMonth) / one.secondsBetweenCalls
  return {
    ...nothing,
    calls,
    requests: calls,
    gbSeconds: calls * one.secondsOfIdleCall * one.gbOfFunction,
    reads: calls * one.readsOfIdleCall,
    writes: calls * one.writesOfIdleCall,
    logGb: (calls * one.logKbOfCall) / 1e6,
    traces: Math.min(calls, secondsOfMonth) + Math.max(0, calls - secondsOfMonth) * one.tracedShare,
  }
}

/**
 * What operations use in addition when they reach their clusters through agents.
 *
 * @param operations per month
 * @param stepCalls the calls of functions of these operations
 */
export function usageOfRelays(operations: number, stepCalls: number): Usage {
  const one = agentAssumptions
  const needed = operations * one.neededSecondsOfOperation
  const relayed = stepCalls * one.requestsOfCall
  // The agent gets each request by one call, and posts its answer by another.
  const calls = needed / one.secondsOfWaitingCall + relayed * 2
  const stepSeconds = operations * one.secondsUntilFirstCall + relayed * one.secondsOfRequest
  return {
    ...nothing,
    calls,
    requests: calls,
    gbSeconds: needed * one.gbOfFunction + stepSeconds * one.gbOfStep,
    reads: needed * one.readsOfNeededSecond + relayed * one.readsOfRequest,
    writes: relayed * one.writesOfRequest,
    logGb: (calls * one.logKbOfCall) / 1e6,
    traces: calls * one.tracedShare,
  }
}

export function sumOf(...all: readonly Usage[]): Usage {
  const sum = { ...nothing }
  for (const one of all) for (const unit of pricedUnits) sum[unit] += one[unit]
  return sum
}
