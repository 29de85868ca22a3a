import { lookup } from 'node:dns/promises'
import { allDone } from '../../../errors/attempts.ts'
import { StepError, Unreachable, UnsafeAddress } from '../../../errors/step-errors.ts'
import { codeOf, connectionError, untrusted } from '../connection-error.ts'
import { egressProxyFor } from '../egress-proxy.ts'
import { type Attempt, isComplete } from './complete-observation.ts'
import { readChain, type ServerChain } from './read-chain.ts'

/** The maximum number of addresses, more than a public host has. Each costs a connection. */
const maxAddresses = 16
/** The number of connections through a proxy. The proxy resolves the name, and may choose a new address each time. */
const triesThroughProxy = 6

export interface HostChains {
  /** The chains that validate, in DER: at least one, and one for each address that presents a valid chain. */
  readonly chains: readonly (readonly Buffer[])[]
  /** The chains that do not validate, in DER. They do not authenticate a server, but addresses of the host use them. */
  readonly untrusted: readonly (readonly Buffer[])[]
  /** One error for each address that did not respond, or whose chain does not validate. */
  readonly failed: readonly StepError[]
  /** Whether the observation covers each address: see {@link isComplete}. */
  readonly isComplete: boolean
}

type Observation = { readonly address: string } & ({ readonly chain: ServerChain } | { readonly error: StepError })

/**
 * Observes the certificates of a public TLS server at each of its addresses, in parallel.
 *
 * @throws {UntrustedCertificate} when no address presents a valid chain, and one presents an invalid chain
 * @throws {Unreachable} when no address responds
 * @throws {UnsafeAddress} when an address is not public
 */
export async function readTrustedChains(host: string, port: number, signal: AbortSignal): Promise<HostChains> {
  const all = await addressesToTry(host, port)
  const addresses = all.slice(0, maxAddresses)
  const observations = await allDone(addresses.map((address) => observeThrough(address, { host, port, signal })))
  const presented = observations.flatMap((observation) => ('chain' in observation ? [observation.chain] : []))
  const { valid = [], invalid = [] } = Object.groupBy(presented, ({ authorized }) => (authorized ? 'valid' : 'invalid'))
  const failed = observations.flatMap((observation) => problemOf(observation, `${host}:${port}`) ?? [])
  if (valid.length === 0) throw failed.find(({ name }) => name !== 'Unreachable') ?? failed[0]
  return {
    chains: valid.map(({ certificates }) => certificates),
    untrusted: invalid.map(({ certificates }) => certificates),
    failed,
    isComplete: isComplete(observations.map(attemptOf), all.length - addresses.length),
  }
}

async function observeThrough(
  address: string,
  { host, port, signal }: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Observation> {
  try {
    return { address, chain: await readChain(host, port, signal, address) }
  } catch (error) {
    if (error instanceof StepError && !(error instanceof UnsafeAddress)) return { address, error }
    throw error
  }
}

function problemOf(observation: Observation, server: string): StepError | undefined {
  if ('error' in observation) return observation.error
  return observation.chain.authorized ? undefined : untrusted(server, observation.chain.reason ?? 'unknown')
}

function attemptOf(observation: Observation): Attempt {
  const { address } = observation
  return 'error' in observation ? { address, failedWith: codeOf(observation.error.cause) } : { address }
}

async function addressesToTry(host: string, port: number): Promise<readonly string[]> {
  if (egressProxyFor({ host, port }, process.env)) return Array.from({ length: triesThroughProxy }, () => host)
  try {
    const observed = await lookup(host, { all: true })
    if (observed.length > 0) return observed.map(({ address }) => address)
  } catch (error) {
    throw connectionError(error, `${host}:${port}`)
  }
  throw new Unreachable({ object: host, reason: 'its name has no address', action: 'Check the name and its DNS' })
}
