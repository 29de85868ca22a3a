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

/** Names of the tests that have failed, by a report of Vitest's reporter `json`. A file may fail as a whole. */
export function failuresIn(text: string): string[] {
  const { testResults } = report.parse(JSON.parse(text))
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed').map(({ fullName }) => fullName)
    return failed.length === 0 && status === 'failed' ? [`${name}: ${message}`] : failed
  })
}
