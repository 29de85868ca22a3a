import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { purposeOf } from '../../test/support/call-purpose.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { requestFor } from './bursts.ts'
import { logsOf } from './setups.ts'

const main = path.resolve(import.meta.dirname, '../../cli/main.ts')
const clusters = 40
const workloads = 10
const parallel = 8

/** Measures `wid apply` of a folder of requests, and a second `wid apply` of the same folder. */
export function folder(): Promise<Part> {
  return inSandbox((sandbox) =>
    inTemporaryFolder(async (directory) => {
      for (let index = 0; index < clusters; index++) {
        const name = `f${String(index).padStart(2, '0')}`
        const body = await requestFor(sandbox, name, workloadsOf(name))
        await writeFile(path.join(directory, `${name}.json`), JSON.stringify(body))
      }
      const columns = [await applied(sandbox, directory), await applied(sandbox, directory)]
      const rows = measures.map((measure, index) => [measure, ...columns.map((column) => column[index] ?? '')])
      return {
        title: 'A folder of requests',
        text: `\`wid apply --yes -f FOLDER --parallel ${parallel}\` with ${clusters} clusters of ${workloads} workloads each.\n\n${table(['what', 'first', 'again'], rows)}`,
      }
    }),
  )
}

const measures = [
  'exit status',
  'workloads that are verified',
  's',
  'outside calls',
  'of them writes',
  'calls to DynamoDB',
]

function workloadsOf(cluster: string) {
  const all = Array.from({ length: workloads }, (_, index) => ({
    namespace: 'default',
    serviceAccount: `account-${index}`,
    role: { name: `${cluster}-${index}`, policyArns: [] },
  }))
  return { workloads: all }
}

async function applied(sandbox: Sandbox, directory: string): Promise<string[]> {
  const since = Date.now()
  const status = await ended(sandbox.gateway.url, ['apply', '--yes', '-f', directory, '--parallel', String(parallel)])
  const seconds = (Date.now() - since) / 1000
  const logged = await Promise.all(logsOf(sandbox).map(async (log) => log.all()))
  const calls = logged.flat().filter(({ at }) => at >= since)
  const of = (purpose: string) => calls.filter((call) => purposeOf(call) === purpose)
  const outside = of('outside')
  return [
    status,
    await verified(sandbox.gateway.url),
    seconds.toFixed(0),
    outside.length,
    outside.filter(({ write }) => write).length,
    of('record').length,
  ].map(String)
}

/** Returns the exit status of the command. Standard output is discarded. */
async function ended(api: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, WID_API: api },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [status] = await once(child, 'exit')
  return String(status)
}

const page = z.object({
  workloads: z.array(z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) })),
  next: z.optional(z.string()),
})

/** The number of verified workloads of all clusters. */
async function verified(api: string): Promise<number> {
  let count = 0
  for (let next: string | undefined = '/v1/workloads'; next !== undefined; ) {
    const listed: z.output<typeof page> = page.parse(await (await fetch(api + next)).json())
    const proven = listed.workloads.filter(({ conditions }) =>
      conditions.some(({ type, status }) => type === 'Verified' && status === 'True'),
    )
    count += proven.length
    next = listed.next
  }
  return count
}
