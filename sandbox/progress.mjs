/**
 * Shows progress with the elapsed seconds. On a terminal, it redraws one line. Elsewhere, it writes a line every ten
 * seconds.
 *
 * @param {{ write: (text: string) => unknown, isTTY?: boolean, columns?: number }} stream
 * @param {() => string} line returns the current progress, on one line
 * @returns {{ end(): void }} `end` stops this, and removes the line from a terminal
 */
export function showProgress(stream, line) {
  const since = Date.now()
  const text = () => `  ${((Date.now() - since) / 1000).toFixed(0).padStart(3)} s  ${line()}`
  if (!stream.isTTY || process.env.TERM === 'dumb') {
    const timer = setInterval(() => stream.write(`${text()}\n`), 10_000)
    return { end: () => clearInterval(timer) }
  }
  // Text that wraps could not be removed.
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
