/** `41s`, `3m5s`, `5h2m`, `2d3h`: HumanDuration of k8s.io/apimachinery/pkg/util/duration, as kubectl prints ages. */
export function humanDuration(seconds: number): string {
  if (seconds < 0) return '0s'
  const range = ranges.find(({ below }) => seconds < below)
  if (!range) return `${Math.floor(seconds / year)}y`
  const { unit, letter, rest } = range
  const whole = `${Math.floor(seconds / unit)}${letter}`
  const count = rest ? Math.floor((seconds % unit) / rest.unit) : 0
  return rest && count > 0 ? `${whole}${count}${rest.letter}` : whole
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** The format of a duration is that of the first range whose `below` is greater than the duration. */
const ranges = [
  { below: 2 * minute, unit: 1, letter: 's' },
  { below: 10 * minute, unit: minute, letter: 'm', rest: { unit: 1, letter: 's' } },
  { below: 3 * hour, unit: minute, letter: 'm' },
  { below: 8 * hour, unit: hour, letter: 'h', rest: { unit: minute, letter: 'm' } },
  { below: 2 * day, unit: hour, letter: 'h' },
  { below: 8 * day, unit: day, letter: 'd', rest: { unit: hour, letter: 'h' } },
  { below: 2 * year, unit: day, letter: 'd' },
  { below: 8 * year, unit: year, letter: 'y', rest: { unit: day, letter: 'd' } },
]

export function durationSince(time: unknown): string {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(at) ? '<unknown>' : humanDuration(Math.floor((Date.now() - at) / 1000))
}
