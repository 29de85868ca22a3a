import * as z from 'zod'

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/** The names of the failed tests in a report of Vitest's JSON reporter. A file may fail outside of its tests. */
export function failuresIn(text: string): string[] {
  const { testResults } = report.parse(JSON.parse(text))
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => fullName)
    return failed.length === 0 && status === 'failed' ? [`${name}: ${message}`] : failed
  })
}
