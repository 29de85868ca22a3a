/** CloudWatch evaluates at most seven days of hourly periods: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const mostHours = 7 * 24

const minutesIn = { minute: 1, hour: 60, day: 24 * 60 } as const

/**
 * Hours without a start after which a start counts as missed: twice the interval of `rate(…)`, and at least one hour.
 * For a cron expression, which has no interval, it is seven days.
 */
export function hoursWithoutStart(expression: string): number {
  const minutes = intervalOf(expression)
  return minutes === undefined ? mostHours : Math.min(mostHours, Math.max(1, Math.ceil((2 * minutes) / 60)))
}

/** Whether a regular gap between two calls of `rate(…)` could count as a missed start. False for a cron expression. */
export function isSeldom(expression: string): boolean {
  const minutes = intervalOf(expression)
  return minutes !== undefined && minutes > mostHours * 60 - minutesIn.day
}

/** The interval in minutes, or undefined for a cron expression. */
function intervalOf(expression: string): number | undefined {
  const { count, unit } = /^rate\((?<count>\d+) (?<unit>minute|hour|day)s?\)$/.exec(expression)?.groups ?? {}
  return count === undefined || !isUnit(unit) ? undefined : Number(count) * minutesIn[unit]
}

function isUnit(unit: string | undefined): unit is keyof typeof minutesIn {
  return unit !== undefined && unit in minutesIn
}
