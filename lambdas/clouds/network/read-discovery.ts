import { discoveryUrl, parseDiscoveryDocument, parseKeySet, type SigningKey } from './discovery.ts'
import { getJson } from './get-json.ts'

/** A discovery document has some 2 KB. A key set with a hundred RSA-4096 and a hundred EC keys has some 110 KB. */
const documentLimit = { maxBytes: 64 * 1024, timeoutMs: 10_000 }
const keySetLimit = { maxBytes: 256 * 1024, timeoutMs: 10_000 }

export interface IssuerDiscovery {
  readonly issuer: string
  readonly jwksUri: string
  /** At least one key. */
  readonly keys: readonly SigningKey[]
}

/**
 * Reads both documents of an issuer like an anonymous client. Every error names the document.
 *
 * @throws {InvalidDiscovery} when a document cannot be trusted, or has more keys than IAM accepts
 * @throws {CloudUnavailable} when a host answers 408, 429 or a 5xx
 * @throws {Unreachable} when a document does not exist (yet) or was truncated, or when its host does not respond
 * @throws {UntrustedCertificate} when a host's certificate does not validate
 * @throws {UnsafeAddress} when a host is, or resolves to, an address that is not public
 */
export async function readDiscovery(issuerUrl: string, signal?: AbortSignal): Promise<IssuerDiscovery> {
  const jwksUri = await readJwksUri(issuerUrl, signal)
  const keys = parseKeySet(await getJson(jwksUri, { ...keySetLimit, signal }), jwksUri)
  return { issuer: issuerUrl, jwksUri, keys }
}

/**
 * Returns the URL of an issuer's key set from its discovery document.
 *
 * @throws {StepError} when the discovery document cannot be read: see {@link readDiscovery}
 */
export async function readJwksUri(issuerUrl: string, signal?: AbortSignal): Promise<string> {
  return parseDiscoveryDocument(await getJson(discoveryUrl(issuerUrl), { ...documentLimit, signal }), issuerUrl)
}
