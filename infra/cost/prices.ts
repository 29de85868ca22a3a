/**
 * AWS list prices in US dollars for us-east-1, without free tiers. Most other regions differ by 10 to 20 percent. The
 * maintainers have no AWS account. Check each price with `read: 'memory'` against its page before you rely on it.
 */

export interface Price {
  readonly usd: number
  /** The number of units that the price covers. */
  readonly per: number
  readonly unit: string
  /** AWS's pricing page. */
  readonly page: string
  /** `copy`: read from a stored copy of the page. `memory`: not read, because scripts load the prices of the page. */
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

export const pricedUnits: readonly PricedUnit[] = Object.keys(prices).filter(isPriced)

export const daysOfMonth = 30.4

/** A quantity of each unit, per month. */
export type Usage = Readonly<Record<PricedUnit, number>>

function isPriced(unit: string): unit is PricedUnit {
  return Object.hasOwn(prices, unit)
}
