import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type Edits, exampleBody } from '../../test/support/api/requests.ts'
import { type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { type Footprint, footprint } from '../support/process-tree.ts'
import { run } from './setups.ts'

const samplingMs = 500
/** All idle processes have ended after this time. */
const idleMs = 100_000

/** Setups of many clusters at once in a fresh sandbox, and the sandbox's resource usage during them and at rest. */
export async function bursts(): Promise<Part> {
  const columns = [await burst(8), await burst(50)]
  const rows = measures.map((measure, index) => [measure, ...columns.map((column) => column[index] ?? '')])
  const note =
    'In a sandbox that has just started. Memory is that of all its processes, with shared memory counted once.'
  return { title: 'Many setups at once', text: `${table(['what', '8 setups', '50 setups'], rows)}\n\n${note}` }
}

const measures = [
  'verified',
  'until the first was verified, s',
  'until the last was verified, s',
  'most memory, MB',
  'most processes of functions',
  'most open descriptors',
  'memory at rest, MB',
  'most connections in CLOSE_WAIT',
]

async function burst(count: number): Promise<string[]> {
  return inSandbox(async (sandbox) => {
    const bodies = await Promise.all(Array.from({ length: count }, (_, index) => requestFor(sandbox, `c${index}`)))
    const sampler = startSampler()
    const since = performance.now()
    const ends = await Promise.allSettled(
      bodies.map(async (body) => {
        await run(sandbox.gateway.url, '/v1/setups', JSON.stringify(body))
        return (performance.now() - since) / 1000
      }),
    )
    for (const end of ends) if (end.status === 'rejected') process.stderr.write(`${end.reason}\n`)
    const seconds = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    const samples = await sampler.end()
    await sleep(idleMs)
    const resting = await footprint()
    const most = (of: (one: Footprint) => number) => String(Math.max(...samples.map(of)))
    return [
      String(seconds.length),
      Math.min(...seconds).toFixed(1),
      Math.max(...seconds).toFixed(1),
      most(({ megabytes }) => megabytes),
      most(({ functions }) => functions),
      most(({ descriptors }) => descriptors),
      String(resting.megabytes),
      most(({ closeWait }) => closeWait),
    ]
  })
}

export function issuerHostOf(cluster: string): string {
  return `oidc.${cluster}.example.com`
}

/** Creates a cluster, and returns the request for a setup of one workload on it, with `edits` applied. */
export async function requestFor({ kubernetes, secrets }: Sandbox, name: string, edits: Edits = {}): Promise<unknown> {
  const host = issuerHostOf(name)
  await kubernetes.addUserCluster({ name, version: '1.33.2', issuer: { host } })
  const secretArn = await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  return exampleBody('existing-cluster', {
    'cluster.name': name,
    'cluster.credentialsSecretArn': secretArn.replace(/-[^-]{6}$/, ''),
    'cluster.issuerUrl': `https://${host}`,
    'workloads.0.role.name': name,
    ...edits,
  })
}

function startSampler(): { end(): Promise<Footprint[]> } {
  const samples: Footprint[] = []
  let isRunning = true
  const sampling = (async () => {
    while (isRunning) {
      samples.push(await footprint())
      await sleep(samplingMs)
    }
  })()
  return {
    async end() {
      isRunning = false
      await sampling
      return samples
    },
  }
}
