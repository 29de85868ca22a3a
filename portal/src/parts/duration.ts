const sizes = { day: 86_400, hour: 3_600, minute: 60, second: 1 } as const

/** A duration of at least one minute, in the two largest units from seconds to days: `3m 27s`. */
export function longDuration(seconds: number, language: string): string {
  let left = Math.round(seconds)
  const all = Object.entries(sizes).map(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' })
    return { count, text: format.format(count) }
  })
  const first = all.findIndex(({ count }) => count > 0)
  return all
    .slice(first, first + 2)
    .map(({ text }) => text)
    .join(' ')
}
