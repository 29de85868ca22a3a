import type { ClusterSummary } from './api.ts'

/** How functions reach the API server of a cluster. */
export type Connection = Pick<ClusterSummary, 'connection' | 'agent'>

/** An idle agent calls every 30 seconds, and the API records a call at most once a minute. */
const longestPauseMs = 120_000

/** Undefined for a direct connection. A `silent` agent has not called for more than two minutes. */
export function agentState(
  { connection, agent }: Connection,
  now: Date,
): 'calling' | 'silent' | 'not-enrolled' | undefined {
  if (connection !== 'agent') return undefined
  if (!agent) return 'not-enrolled'
  return now.getTime() - Date.parse(agent.calledAt) > longestPauseMs ? 'silent' : 'calling'
}
