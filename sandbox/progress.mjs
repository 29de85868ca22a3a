/**
 * Shows how far something is, with the seconds that it has taken: on a terminal in one line, which is drawn again and again,
 * elsewhere in a line every ten seconds.
 *
 * @param {{ write: (text: string) => unknown, isTTY?: boolean, columns?: number }} stream
 * @param {() => string} line what there is to say now, on one line
 * @returns {{ end(): void }} ends it, and removes the line from a terminal
 */
export function showProgress(stream, line) {
  const since = Date.now()
  const text = () => `  ${((Date.now() - since) / 1000).toFixed(0).padStart(3)} s  ${line()}`
  if (!stream.isTTY || process.env.TERM === 'dumb') {
    const timer = setInterval(() => stream.write(`${text()}\n`), 10_000)
    return { end: () => clearInterval(timer) }
  }
  // Longer than a line, it could not be removed.
  const draw = () => stream.write(`\r\x1b[K${text().slice(0, (stream.columns ?? 80) - 1)}`)
  const timer = setInterval(draw, 250)
  draw()
  return {
    end() {
      clearInterval(timer)
      stream.write('\r\x1b[K')
    },
  }
}
