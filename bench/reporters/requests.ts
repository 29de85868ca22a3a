/** A Vitest reporter for the project `schemathesis`, which writes bench/REQUESTS.md. */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { textTable } from '../support/measure.ts'

const results = path.resolve(import.meta.dirname, '../REQUESTS.md')

export default class Requests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const counts = tests.flatMap((test) => test.annotations().map(({ message }) => countsIn(message)))
    if (counts.length === 0) return
    const failed = tests.filter((test) => test.result().state !== 'passed').map(({ name }) => name)
    writeFileSync(results, documentOf(counts, failed, new Date()))
  }
}

interface Counts {
  readonly operation: string
  readonly requests: number
  /** Statuses and their counts, such as `202 12, 400 3`. */
  readonly statuses: string
}

/** @param message such as `POST /v1/setups: 202 12, 400 3` */
function countsIn(message: string): Counts {
  const at = message.lastIndexOf(': ')
  const statuses = message.slice(at + 2)
  const requests = statuses.split(', ').reduce((sum, each) => sum + Number(each.split(' ')[1]), 0)
  return { operation: message.slice(0, at), requests, statuses }
}

export function documentOf(counts: readonly Counts[], failed: readonly string[], day: Date): string {
  const rows = counts.toSorted((a, b) => a.operation.localeCompare(b.operation))
  const all = rows.reduce((sum, { requests }) => sum + requests, 0)
  const [load = 0] = os.loadavg()
  return `# Generated requests

The project \`schemathesis\` of the tests lets [Schemathesis](https://schemathesis.readthedocs.io) send valid and invalid requests that it
generates from the [description of the API](../docs/api.md), and compares each response with the description. It writes this page.

${textTable(
  ['operation', 'requests', 'responses: status and how many'],
  [
    ...rows.map(({ operation, requests, statuses }) => [`\`${operation}\``, String(requests), statuses]),
    ['all', String(all), ''],
  ],
)}

${failed.length === 0 ? 'No response was a 5xx, and all conform to the description.' : `Failed: ${failed.join('; ')}.`}

${day.toISOString().slice(0, 10)}. Load average after: ${load.toFixed(1)}.
`
}
