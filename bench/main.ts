/**
 * `npm run bench` measures all parts, writes the results to bench/RESULTS.md and prints them. With names of parts, it
 * measures only those parts and keeps the other results. The parts `endurance` and `agents` take 15 minutes and run only by name.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { calls } from './calls/calls.ts'
import { agents } from './parts/agents.ts'
import { bundles } from './parts/bundles.ts'
import { bursts } from './parts/bursts.ts'
import { command } from './parts/command.ts'
import { endurance } from './parts/endurance.ts'
import { folder } from './parts/folder.ts'
import { kit } from './parts/kit.ts'
import { portal } from './parts/portal.ts'
import { records } from './parts/records.ts'
import { setups } from './parts/setups.ts'
import { starts } from './parts/starts.ts'
import { workloads } from './parts/workloads.ts'

const head = `# Results

[README.md](README.md) says what is measured, and how to repeat it. Each part says on which day it was measured.
`

const agentHead = `# Agents under load

\`npm run bench -- agents\` measures this, and writes it. [README.md](README.md) describes the other measurements.
`

const heads = { 'RESULTS.md': head, 'AGENT.md': agentHead } as const

const onlyByName = ['endurance', 'agents']

const named = process.argv.slice(2)
const parts = Object.entries({
  bundles,
  command,
  kit,
  portal,
  records,
  starts,
  setups,
  calls,
  bursts,
  folder,
  workloads,
  endurance,
  agents,
}).filter(([name]) => (named.length === 0 && !onlyByName.includes(name)) || named.includes(name))

for (const [, measure] of parts) {
  const [load = Number.NaN] = os.loadavg()
  const { title, text, page = 'RESULTS.md' } = await measure()
  const machine = `${os.availableParallelism()} cores (${os.arch()}), Node ${process.versions.node}`
  const day = new Date().toISOString().slice(0, 10)
  const result = `## ${title}\n\n${text}\n\n${day}, ${machine}. Load average before: ${load.toFixed(1)}.\n`
  process.stdout.write(`${result}\n`)
  const file = path.join(import.meta.dirname, page)
  const results = existsSync(file) ? resultsIn(readFileSync(file, 'utf8')) : new Map<string, string>()
  results.set(title, result)
  writeFileSync(file, `${heads[page]}\n${[...results.values()].join('\n')}`)
}
// Open connections of the sandbox's SDK clients would keep the process alive.
process.exit(0)

/** The Markdown of each part, by title. */
function resultsIn(page: string): Map<string, string> {
  const [, ...sections] = page.split(/^## /m)
  return new Map(sections.map((section) => [section.split('\n', 1).join(), `## ${section.trimEnd()}\n`]))
}
