/**
 * Runs in the network namespace of thumbprints-addresses.test.ts. Serves TLS at public addresses of its loopback device, and
 * prints as JSON what openssl and the product find at each name of /etc/hosts.
 */
import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import { readTrustedChain } from '../../../lambdas/clouds/network/tls/read-chain.ts'
import { readTrustedChains } from '../../../lambdas/clouds/network/tls/read-chains.ts'
import { thumbprintOf } from '../../../lambdas/provider/thumbprint.ts'
import { show } from './openssl.ts'

export interface Server {
  readonly address: string
  readonly key: string
  readonly cert: string
}

export interface Plan {
  readonly servers: readonly Server[]
  /** Names that the product reads. */
  readonly read: readonly string[]
  /** Names that openssl reads. */
  readonly show: readonly string[]
  readonly caFile: string
}

export interface Observed {
  /** Thumbprints of openssl by name, or '' without a certificate. */
  readonly shown: Readonly<Record<string, string>>
  /** Thumbprints or errors of the product, by name. */
  readonly ours: Readonly<Record<string, string>>
  /** Sorted thumbprints of all addresses, joined by commas, or the error, by name. */
  readonly all: Readonly<Record<string, string>>
  /** Whether the product has read the chains of all addresses, or the error, by name. */
  readonly complete: Readonly<Record<string, string>>
}

const [planFile = ''] = process.argv.slice(2)
const plan: Plan = JSON.parse(await readFile(planFile, 'utf8'))
for (const { address, key, cert } of plan.servers) {
  const server = tls.createServer({ key, cert }, (socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(443, address, resolve))
}
const observed: Observed = {
  shown: await each(
    plan.show,
    async (name) => (await show({ name, caFile: plan.caFile })).thumbprint,
    () => '',
  ),
  ours: await each(plan.read, async (name) => thumbprintOf(await readTrustedChain(name, 443)), String),
  all: await each(plan.read, everyAddress, String),
  complete: await each(plan.read, async (name) => String((await chainsOf(name)).isComplete), String),
}
process.stdout.write(JSON.stringify(observed), () => process.exit(0))

async function everyAddress(name: string): Promise<string> {
  const { chains, failed } = await chainsOf(name)
  return [...chains.map(thumbprintOf), ...failed.map((error) => error.name)].sort().join()
}

function chainsOf(name: string) {
  return readTrustedChains(name, 443, AbortSignal.timeout(20_000))
}

async function each(
  names: readonly string[],
  read: (name: string) => Promise<string>,
  failed: (error: unknown) => string,
): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name).catch(failed)])))
}
