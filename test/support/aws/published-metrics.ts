import { vi } from 'vitest'

/**
 * Captures the log until mocks are restored. Returns a function that returns the metrics in the log so far.
 */
export function publishedMetrics(): () => Record<string, unknown>[] {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  return () => lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line))
}
