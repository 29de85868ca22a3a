/** CloudWatch looks back seven days at most, by the hour: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const mostHours = 7 * 24

const minutesIn = { minute: 1, hour: 60, day: 24 * 60 } as const

/**
 * For how many hours a schedule may start nothing until a start counts as missed: twice the interval of `rate(…)`, an hour at least. A
 * cron expression says no interval, so that it is seven days.
 */
export function hoursWithoutStart(expression: string): number {
  const { count, unit } = /^rate\((?<count>\d+) (?<unit>minute|hour|day)s?\)$/.exec(expression)?.groups ?? {}
  if (count === undefined || !isUnit(unit)) return mostHours
  return Math.min(mostHours, Math.max(1, Math.ceil((2 * Number(count) * minutesIn[unit]) / 60)))
}

function isUnit(unit: string | undefined): unit is keyof typeof minutesIn {
  return unit !== undefined && unit in minutesIn
}
