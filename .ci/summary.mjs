// The end of .ci/run: which tests failed and why, how long all took, then the plain line `N passed, N failed`.
// Usage: summary.mjs FOLDER-OF-JSON-REPORTS FAILED-BEFORE (0 or 1) SECONDS
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Enough lines of a failure to distinguish a mistake from a slow machine. */
const linesOfMessage = 6
const widthOfLine = 200

/** The budget on 2 cores with nothing built. A run that exceeds it does not fail, because its time depends on the machine. */
const budgetMinutes = 40

const [folder, failedBefore, seconds] = process.argv.slice(2)
const reports = reportsIn(folder)
for (const failure of reports.flatMap(failuresOf)) console.log(`\n${failure}`)

console.log(`\n${timeTaken(Number(seconds) / 60)}`)

const sum = (name) => reports.reduce((total, report) => total + report[name], 0)
const [passed, failed] = [sum('numPassedTests'), sum('numFailedTests')]
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failedBefore !== '0' || failed > 0 || passed === 0 ? 1 : 0

function timeTaken(minutes) {
  const took = `It took ${minutes.toFixed(0)} of ${budgetMinutes} minutes`
  if (minutes <= budgetMinutes) return `${took}.`
  return `${took}: MORE THAN ITS BUDGET. Make a test cheaper, or move one to npm run test:full (onlyInFull in vitest.config.ts).`
}

/** Empty when the first command has written no report. */
function reportsIn(directory) {
  try {
    const files = readdirSync(directory).filter((file) => file.endsWith('.json'))
    return files.map((file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')))
  } catch {
    return []
  }
}

function failuresOf({ testResults }) {
  return testResults.flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status === 'failed')
    // A file whose hook failed, or that could not be loaded, has no failed test.
    const said =
      tests.length === 0 && file.status === 'failed'
        ? [describe('', [file.message])]
        : tests.map((test) => describe(test.fullName, test.failureMessages))
    return said.map((text) => `FAILED ${path.relative(process.cwd(), file.name)} ${text}`)
  })
}

function describe(name, messages) {
  const lines = messages.join('\n').split('\n').slice(0, linesOfMessage)
  return [name, ...lines.map((line) => `  ${line.slice(0, widthOfLine)}`)].join('\n')
}
