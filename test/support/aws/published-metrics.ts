import { vi } from 'vitest'

/**
 * Captures what is written to the log, until mocks are restored. Gives back a function for the metrics among the lines so
 * far, each as it was written.
 */
export function publishedMetrics(): () => Record<string, unknown>[] {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  return () => lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line))
}
