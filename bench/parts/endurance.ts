import { DeleteOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { account, rootCredentials } from '../../sandbox/account.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { median, type Part, table } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { footprint } from '../support/process-tree.ts'
import { issuerHostOf, requestFor } from './bursts.ts'
import { logsOf, run } from './setups.ts'

const rounds = 10
const setupsOfRound = 100
const atOnce = 8
/** Enough that the sandbox never ends an idle process to make room. Lambda also keeps functions in use warm. */
const functionProcesses = 150

const second = {
  namespace: 'reports',
  serviceAccount: 'reader',
  role: { policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
}

/** Runs a thousand setups in one sandbox. Shows whether each is verified, and whether later setups are slower. */
export async function endurance(): Promise<Part> {
  return inSandbox(
    async (sandbox) => {
      const rows: string[][] = []
      for (let round = 0; round < rounds; round += 1) rows.push(await rowOf(sandbox, round))
      return { title: 'A thousand setups', text: `${table(head, rows)}\n\n${note}` }
    },
    { functionProcesses },
  )
}

const head = [
  'setups so far',
  'verified',
  'one setup, s: median',
  'slowest',
  'the hundred, s',
  'memory of AWS and functions, MB',
  'memory of the process with all clusters, MB',
  'open descriptors',
]

const note = `Each setup has two workloads and its own existing cluster, and ${atOnce} setups run at a time. An error of the API counts as a setup that is
not verified. The IAM provider is deleted after each setup, because an account has at most 100. All clusters stay: each is a server in the
process of the benchmark, so that its memory and its descriptors grow with them.`

async function rowOf(sandbox: Sandbox, round: number): Promise<string[]> {
  for (const log of logsOf(sandbox)) await log.clear()
  const names = Array.from({ length: setupsOfRound }, (_, index) => `c${round * setupsOfRound + index}`)
  const since = performance.now()
  const seconds: number[] = []
  const setUpNext = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift())
      seconds.push(...(await setUp(sandbox, name)))
  }
  await Promise.all(Array.from({ length: atOnce }, setUpNext))
  const all = (performance.now() - since) / 1000
  const { megabytes, descriptors } = await footprint()
  const own = process.memoryUsage.rss() / 2 ** 20
  return [
    String((round + 1) * setupsOfRound),
    String(seconds.length),
    median(seconds).toFixed(1),
    Math.max(...seconds).toFixed(1),
    all.toFixed(0),
    (megabytes - own).toFixed(0),
    own.toFixed(0),
    String(descriptors),
  ]
}

/** Returns the duration in seconds, or an empty list when the setup was not verified. */
async function setUp(sandbox: Sandbox, name: string): Promise<number[]> {
  const request = await requestFor(sandbox, name, { 'workloads.1': second })
  const since = performance.now()
  try {
    await run(sandbox.gateway.url, '/v1/setups', JSON.stringify(request))
    return [(performance.now() - since) / 1000]
  } catch (error) {
    process.stderr.write(`${name}: ${error}\n`)
    return []
  } finally {
    await deleteProvider(sandbox, name)
  }
}

async function deleteProvider({ aws }: Sandbox, cluster: string): Promise<void> {
  const iam = new IAMClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
  const OpenIDConnectProviderArn = `arn:aws:iam::${account.id}:oidc-provider/${issuerHostOf(cluster)}`
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  iam.destroy()
}
