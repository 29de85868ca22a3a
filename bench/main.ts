/**
 * `npm run bench`: measures everything, and writes and prints bench/RESULTS.md. With names of parts it prints
 * only these, and writes nothing.
 */
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bundles } from './bundles.ts'
import { bursts } from './bursts.ts'
import { command } from './command.ts'
import { portal } from './portal.ts'
import { records } from './records.ts'
import { setups } from './setups.ts'
import { starts } from './starts.ts'

const named = process.argv.slice(2)
const parts = Object.entries({ bundles, command, portal, records, starts, setups, bursts }).filter(
  ([name]) => named.length === 0 || named.includes(name),
)

const measured: string[] = []
for (const [, measure] of parts) {
  const [load = Number.NaN] = os.loadavg()
  const { title, text } = await measure()
  measured.push(`## ${title}\n\n${text}\n\nLoad average before: ${load.toFixed(1)}.`)
}

const machine = `${os.availableParallelism()} cores (${os.arch()}), Node ${process.versions.node}`
const results = `# Results

${new Date().toISOString().slice(0, 10)}, ${machine}. [README.md](README.md) says what is measured, and how to repeat it.

${measured.join('\n\n')}
`
if (named.length === 0) writeFileSync(path.join(import.meta.dirname, 'RESULTS.md'), results)
process.stdout.write(results)
// The SDK clients of the sandbox keep connections open, so the process would not end by itself.
process.exit(0)
