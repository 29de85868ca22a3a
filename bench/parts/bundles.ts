import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { bundle } from '../../infra/functions/bundle.ts'
import { bundleName } from '../../infra/functions/entry.ts'
import { entries } from '../../infra/functions/functions.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Part, table, times } from '../support/measure.ts'

const run = promisify(execFile)
const repeats = 7

/** The size of each bundle, and the time that Node takes to load it. */
export function bundles(): Promise<Part> {
  return inTemporaryFolder(async (directory) => {
    const since = performance.now()
    bundle(entries, path.join(directory, 'functions'))
    const seconds = (performance.now() - since) / 1000
    const rows: string[][] = []
    for (const name of entries.map(bundleName).toSorted()) rows.push(await rowOf(name, directory))
    const head = ['function', 'MB', 'load, ms', 'processor, ms', 'load from the compile cache, ms']
    const text = `${table(head, rows)}\n\nEach time: median (fastest) of ${repeats} fresh processes. All bundles are made in ${seconds.toFixed(1)} s.`
    return { title: 'Bundles', text }
  })
}

async function rowOf(name: string, directory: string): Promise<string[]> {
  const file = path.join(directory, 'functions', name, 'index.mjs')
  const { size } = await stat(file)
  const cold = await load(file, {})
  const cache = { NODE_COMPILE_CACHE: path.join(directory, 'cache') }
  await loadOnce(file, cache)
  const cached = await load(file, cache)
  const wall = cold.map(({ wallMs }) => wallMs)
  const processor = cold.map(({ processorMs }) => processorMs)
  return [name, (size / 1e6).toFixed(2), times(wall), times(processor), times(cached.map(({ wallMs }) => wallMs))]
}

interface Loading {
  readonly wallMs: number
  /** A busy machine affects this time less than the wall-clock time. */
  readonly processorMs: number
}

async function load(file: string, environment: Record<string, string>): Promise<Loading[]> {
  const loadings: Loading[] = []
  for (let repeat = 0; repeat < repeats; repeat++) loadings.push(await loadOnce(file, environment))
  return loadings
}

/** Imports the bundle in a new process. The result excludes the start of Node itself. */
async function loadOnce(file: string, environment: Record<string, string>): Promise<Loading> {
  const script = `
    const [since, used] = [performance.now(), process.cpuUsage()]
    await import(${JSON.stringify(pathToFileURL(file).href)})
    const { user, system } = process.cpuUsage(used)
    console.log(performance.now() - since, (user + system) / 1000)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { AWS_REGION: 'eu-west-1', ...environment },
  })
  const [wallMs = Number.NaN, processorMs = Number.NaN] = stdout.trim().split(' ').map(Number)
  return { wallMs, processorMs }
}
