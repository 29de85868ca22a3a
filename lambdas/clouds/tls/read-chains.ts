import { lookup } from 'node:dns/promises'
import { egressProxyFor } from '../../domain/egress-proxy.ts'
import { StepError, Unreachable } from '../../errors.ts'
import { connectionError } from '../network/connection-error.ts'
import { readTrustedChain } from './read-chain.ts'

/** More than a public host has; each costs a connection. */
const mostAddresses = 16
/** Behind a proxy names are the proxy's to resolve: it may take another of a host's addresses each time. */
const triesThroughProxy = 6

export interface HostChains {
  /** In DER, as each address presented them; at least one, and each validated. */
  readonly chains: readonly (readonly Buffer[])[]
  /** Addresses that did not answer, or whose chain does not validate: what they present is not believed. */
  readonly failed: readonly StepError[]
}

/**
 * What a public TLS server presents at each of its addresses, all asked at the same time.
 *
 * Throws what stands against the first of them when none gave a chain that validates: UntrustedCertificate, Unreachable; and
 * UnsafeAddress when one of them must not be connected to.
 */
export async function readTrustedChains(host: string, port: number, signal: AbortSignal): Promise<HostChains> {
  const addresses = await addressesToTry(host, port)
  const looks = await Promise.allSettled(addresses.map((address) => readTrustedChain(host, port, signal, address)))
  const failures = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason] : []))
  const defect = failures.find((failure) => !(failure instanceof StepError) || failure.name === 'UnsafeAddress')
  if (defect !== undefined) throw defect
  const chains = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []))
  if (chains.length === 0) throw failures.find(({ name }) => name !== 'Unreachable') ?? failures[0]
  return { chains, failed: failures }
}

async function addressesToTry(host: string, port: number): Promise<readonly string[]> {
  if (egressProxyFor({ host, port }, process.env)) return Array.from({ length: triesThroughProxy }, () => host)
  try {
    const found = await lookup(host, { all: true })
    if (found.length > 0) return found.slice(0, mostAddresses).map(({ address }) => address)
  } catch (error) {
    throw connectionError(error, `${host}:${port}`)
  }
  throw new Unreachable({ object: host, reason: 'its name has no address', action: 'Check the name and its DNS' })
}
