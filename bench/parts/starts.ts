import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Part, table, times } from '../support/measure.ts'

const root = path.resolve(import.meta.dirname, '../..')
const repeats = 3

/** The time from `npm start -- --once` to the proof, in total and by part, with the dependencies installed. */
export async function starts(): Promise<Part> {
  const fresh: Start[] = []
  const stored: Start[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    await inTemporaryFolder(async (folder) => {
      const state = path.join(folder, 'state')
      fresh.push(await start(state))
      stored.push(await start(state))
    })
  }
  const parts = Object.keys(fresh[0] ?? {})
  const row = (part: string) => [
    part,
    ...[fresh, stored].map((of) =>
      times(
        of.map((one) => one[part] ?? 0),
        1,
      ),
    ),
  ]
  const text = `${table(['part', 'from nothing, s', 'from stored state, s'], parts.map(row))}\n\nEach time: median (fastest) of ${repeats}.`
  return { title: 'Start to the first verified setup', text }
}

/** The seconds of each part, in the order of the parts. */
type Start = Record<string, number>

/** The line in the terminal that begins each part. */
const beginnings: readonly (readonly [part: string, line: RegExp])[] = [
  ['servers of AWS, Google, Kubernetes and the network', /Network: /],
  ['deployment: synthesis, bundles, CloudFormation', /The product: /],
  ['local port, examples', /The local port/],
  ['setup', /^POST /],
  ['clean end', /^Proof for /],
]

async function start(state: string): Promise<Start> {
  const since = performance.now()
  const child = spawn(
    path.join(root, 'node_modules/.bin/node'),
    ['sandbox/bootstrap.mjs', 'sandbox/main.ts', '--once', '--state', state],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } },
  )
  const began: { part: string; at: number }[] = [{ part: 'Node and modules', at: since }]
  createInterface({ input: child.stdout }).on('line', (line) => {
    const observed = beginnings.find(([part, pattern]) => pattern.test(line) && !began.some((one) => one.part === part))
    if (observed) began.push({ part: observed[0], at: performance.now() })
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`npm start -- --once ended with ${status}`)
  const end = performance.now()
  const seconds = began.map(({ part, at }, index) => [part, ((began[index + 1]?.at ?? end) - at) / 1000] as const)
  const proved = began.find(({ part }) => part === 'clean end')?.at ?? end
  return { ...Object.fromEntries(seconds), 'to the proof, in all': (proved - since) / 1000 }
}
