import type { Connection } from '../../client/agent.ts'

/** "1.0.0, last call 2 minutes ago". Undefined for a direct connection. */
export function agentWords({ connection, agent }: Connection, now: Date): string | undefined {
  if (connection !== 'agent') return undefined
  return agent ? `${agent.version}, last call ${ago(agent.calledAt, now)}` : 'not enrolled'
}

function ago(at: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(at)) / 60_000)
  if (minutes < 1) return 'less than a minute ago'
  const words = new Intl.RelativeTimeFormat('en')
  return minutes < 120 ? words.format(-minutes, 'minute') : words.format(-Math.floor(minutes / 60), 'hour')
}
