/**
 * What AWS charges, in US dollars, in us-east-1, without free tiers. Regions differ, by a tenth or two in most. Nobody here has an
 * account: each price says where it was read, and a price of `memory` has to be compared with its page before it is relied on.
 */

/** A list price. */
export interface Price {
  readonly usd: number
  /** For how many units. */
  readonly per: number
  readonly unit: string
  /** AWS's page of it. */
  readonly page: string
  /** `copy`: read on a stored copy of the page. `memory`: not read, since the page loads its prices by scripts. */
  readonly read: 'copy' | 'memory'
}

/** When the prices were looked up. */
export const priceDay = '2026-11-28'

const lambda = 'https://aws.amazon.com/lambda/pricing/'
const dynamodb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/'
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/'
const secretsManager = 'https://aws.amazon.com/secrets-manager/pricing/'

export const prices = {
  transitions: {
    usd: 0.025,
    per: 1000,
    unit: 'state transitions',
    page: 'https://aws.amazon.com/step-functions/pricing/',
    read: 'copy',
  },
  calls: { usd: 0.2, per: 1_000_000, unit: 'calls of functions', page: lambda, read: 'memory' },
  gbSeconds: { usd: 0.0000133334, per: 1, unit: 'GB-seconds of functions, arm64', page: lambda, read: 'memory' },
  writes: { usd: 0.625, per: 1_000_000, unit: 'write units of the table', page: dynamodb, read: 'memory' },
  reads: { usd: 0.125, per: 1_000_000, unit: 'read units of the table', page: dynamodb, read: 'memory' },
  requests: {
    usd: 1,
    per: 1_000_000,
    unit: 'requests to the API',
    page: 'https://aws.amazon.com/api-gateway/pricing/',
    read: 'memory',
  },
  logGb: { usd: 0.5, per: 1, unit: 'GB of logs', page: cloudwatch, read: 'memory' },
  metrics: { usd: 0.3, per: 1, unit: 'metrics of the functions', page: cloudwatch, read: 'memory' },
  alarmMetrics: { usd: 0.1, per: 1, unit: 'metrics of alarms', page: cloudwatch, read: 'memory' },
  dashboards: { usd: 3, per: 1, unit: 'dashboards', page: cloudwatch, read: 'memory' },
  traces: {
    usd: 5,
    per: 1_000_000,
    unit: 'traces',
    page: 'https://aws.amazon.com/xray/pricing/',
    read: 'memory',
  },
  secrets: { usd: 0.4, per: 1, unit: 'secrets', page: secretsManager, read: 'memory' },
  secretCalls: { usd: 0.05, per: 10_000, unit: 'reads of secrets', page: secretsManager, read: 'memory' },
} as const satisfies Readonly<Record<string, Price>>

export type PricedUnit = keyof typeof prices
