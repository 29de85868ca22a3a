const counters = {
  calls: {
    name: 'workload_identity_agent_calls_total',
    help: 'Calls to the deployment, by route and by result: a status or an error code.',
  },
  relayed: {
    name: 'workload_identity_agent_relayed_requests_total',
    help: 'Requests with a response of the API server, by method and by status class.',
  },
  failures: {
    name: 'workload_identity_agent_failures_total',
    help: 'Requests without a response of the API server, and answers that the deployment did not get, by kind.',
  },
} as const

type Counter = keyof typeof counters

/** The kinds of `failures`, besides the failures in lambdas/agent/messages.ts. */
export type FailureKind = 'refused' | 'not-opened' | 'not-posted' | 'internal'

/** Counts for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class Metrics {
  readonly #series: Record<Counter, Map<string, number>> = { calls: new Map(), relayed: new Map(), failures: new Map() }

  count(counter: Counter, labels: Readonly<Record<string, string>>): void {
    const series = this.#series[counter]
    // JSON escapes the characters of a label value that Prometheus escapes.
    const key = Object.entries(labels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(',')
    series.set(key, (series.get(key) ?? 0) + 1)
  }

  /** @param acceptedAt the time of the last accepted call, in milliseconds since the epoch; undefined before the first */
  text(acceptedAt: number | undefined): string {
    const lines = Object.entries(counters).flatMap(([counter, { name, help }]) => [
      ...head(name, help, 'counter'),
      ...[...this.#series[counter as Counter]].map(([labels, count]) => `${name}{${labels}} ${count}`),
    ])
    const age = 'workload_identity_agent_seconds_since_accepted_call'
    if (acceptedAt !== undefined) {
      lines.push(...head(age, 'Seconds since the deployment accepted a call for work.', 'gauge'))
      lines.push(`${age} ${(Date.now() - acceptedAt) / 1000}`)
    }
    return `${lines.join('\n')}\n`
  }
}

function head(name: string, help: string, type: 'counter' | 'gauge'): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}
