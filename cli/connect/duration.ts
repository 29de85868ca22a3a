import { WrongUse } from '../errors.ts'

const seconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

/** The shortest lifetime of a token that API servers accept: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
const shortest = 600

/**
 * Seconds in a duration: "90d", "24h", "30m".
 *
 * @throws {WrongUse} when the text has another form, or is less than ten minutes
 */
export function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const total = Number(count) * (seconds[unit] ?? 0)
  if (total >= shortest) return total
  throw new WrongUse(
    `--duration takes one number with m, h or d, such as 30m, 24h or 90d, and at least 10m, not "${text}".`,
  )
}
