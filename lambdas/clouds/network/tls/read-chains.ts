import { lookup } from 'node:dns/promises'
import { allDone } from '../../../errors/attempts.ts'
import { StepError, Unreachable, UnsafeAddress } from '../../../errors/step-errors.ts'
import { codeOf, connectionError, untrusted } from '../connection-error.ts'
import { egressProxyFor } from '../egress-proxy.ts'
import { type Attempt, isComplete } from './complete-look.ts'
import { readChain, type ServerChain } from './read-chain.ts'

/** The maximum number of addresses, more than a public host has. Each costs a connection. */
const mostAddresses = 16
/** Behind a proxy, the proxy resolves names. It may choose another of a host's addresses each time. */
const triesThroughProxy = 6

export interface HostChains {
  /** In DER, as each address presented them. There is at least one, and each validates. */
  readonly chains: readonly (readonly Buffer[])[]
  /** Chains that do not validate. A server cannot be trusted by them, and yet they are in use. */
  readonly doubted: readonly (readonly Buffer[])[]
  /** One error for each address that did not answer, or whose chain does not validate. */
  readonly failed: readonly StepError[]
  /** Whether it is known what each address presents: see {@link isComplete}. */
  readonly isComplete: boolean
}

/** The observation of one address: what it presents, or why that is not known. */
type Look = { readonly address: string } & ({ readonly chain: ServerChain } | { readonly error: StepError })

/**
 * Observes what a public TLS server presents at each of its addresses, all at the same time.
 *
 * @throws {UntrustedCertificate} when no address gives a chain that validates, and one gives a chain that does not
 * @throws {Unreachable} when no address answers
 * @throws {UnsafeAddress} when one of the addresses must not be connected to
 */
export async function readTrustedChains(host: string, port: number, signal: AbortSignal): Promise<HostChains> {
  const all = await addressesToTry(host, port)
  const addresses = all.slice(0, mostAddresses)
  const looks = await allDone(addresses.map((address) => lookAt(address, { host, port, signal })))
  const presented = looks.flatMap((look) => ('chain' in look ? [look.chain] : []))
  const { valid = [], doubted = [] } = Object.groupBy(presented, ({ authorized }) => (authorized ? 'valid' : 'doubted'))
  const failed = looks.flatMap((look) => objectionTo(look, `${host}:${port}`) ?? [])
  if (valid.length === 0) throw failed.find(({ name }) => name !== 'Unreachable') ?? failed[0]
  return {
    chains: valid.map(({ certificates }) => certificates),
    doubted: doubted.map(({ certificates }) => certificates),
    failed,
    isComplete: isComplete(looks.map(attemptOf), all.length - addresses.length),
  }
}

async function lookAt(
  address: string,
  { host, port, signal }: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Look> {
  try {
    return { address, chain: await readChain(host, port, signal, address) }
  } catch (error) {
    if (error instanceof StepError && !(error instanceof UnsafeAddress)) return { address, error }
    throw error
  }
}

function objectionTo(look: Look, server: string): StepError | undefined {
  if ('error' in look) return look.error
  return look.chain.authorized ? undefined : untrusted(server, look.chain.reason ?? 'unknown')
}

function attemptOf(look: Look): Attempt {
  const { address } = look
  return 'error' in look ? { address, failedWith: codeOf(look.error.cause) } : { address }
}

async function addressesToTry(host: string, port: number): Promise<readonly string[]> {
  if (egressProxyFor({ host, port }, process.env)) return Array.from({ length: triesThroughProxy }, () => host)
  try {
    const found = await lookup(host, { all: true })
    if (found.length > 0) return found.map(({ address }) => address)
  } catch (error) {
    throw connectionError(error, `${host}:${port}`)
  }
  throw new Unreachable({ object: host, reason: 'its name has no address', action: 'Check the name and its DNS' })
}
