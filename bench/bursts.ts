import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type Edits, exampleBody } from '../test/support/api/requests.ts'
import { type Part, table } from './measure.ts'
import { inSandbox } from './own-sandbox.ts'
import { type Footprint, footprint } from './process-tree.ts'
import { run } from './setups.ts'

/** Milliseconds between two reads of the processes. */
const lookInterval = 500
/** Milliseconds after which all idle processes have ended. */
const rest = 100_000

/** Setups of many clusters at once in a fresh sandbox, and the sandbox's resource usage during them and at rest. */
export async function bursts(): Promise<Part> {
  const columns = [await burst(8), await burst(50)]
  const rows = measures.map((measure, index) => [measure, ...columns.map((column) => column[index] ?? '')])
  const note = 'In a sandbox that has just started. Memory is that of all its processes, what they share counted once.'
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
    const looking = looks()
    const since = performance.now()
    const ends = await Promise.allSettled(
      bodies.map(async (body) => {
        await run(sandbox.gateway.url, '/v1/setups', JSON.stringify(body))
        return (performance.now() - since) / 1000
      }),
    )
    for (const end of ends) if (end.status === 'rejected') process.stderr.write(`${end.reason}\n`)
    const seconds = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    const seen = await looking.end()
    await sleep(rest)
    const resting = await footprint()
    const most = (of: (one: Footprint) => number) => String(Math.max(...seen.map(of)))
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

function looks(): { end(): Promise<Footprint[]> } {
  const seen: Footprint[] = []
  let goesOn = true
  const looking = (async () => {
    while (goesOn) {
      seen.push(await footprint())
      await sleep(lookInterval)
    }
  })()
  return {
    async end() {
      goesOn = false
      await looking
      return seen
    },
  }
}
