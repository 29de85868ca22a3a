import { discoveryUrl, parseDiscoveryDocument, parseKeySet, type SigningKey } from './discovery.ts'
import { getJson } from './get-json.ts'

/** Real documents have some 2 KB; a key set with a hundred RSA-4096 keys, the most that IAM takes, some 90 KB. */
const documentLimit = { maxBytes: 64 * 1024, timeoutMs: 10_000 }
const keySetLimit = { maxBytes: 256 * 1024, timeoutMs: 10_000 }

export interface IssuerDiscovery {
  readonly issuer: string
  readonly jwksUri: string
  /** At least one. */
  readonly keys: readonly SigningKey[]
}

/**
 * What an issuer publishes, read as the public would. Every error names the document: InvalidDiscovery when it cannot
 * be believed, Unreachable when it is not there (yet) or does not answer, UntrustedCertificate, UnsafeAddress.
 */
export async function readDiscovery(issuerUrl: string, signal?: AbortSignal): Promise<IssuerDiscovery> {
  const jwksUri = await readJwksUri(issuerUrl, signal)
  const keys = parseKeySet(await getJson(jwksUri, { ...keySetLimit, signal }), jwksUri)
  return { issuer: issuerUrl, jwksUri, keys }
}

/** Where an issuer says that its keys are. Throws as {@link readDiscovery}. */
export async function readJwksUri(issuerUrl: string, signal?: AbortSignal): Promise<string> {
  return parseDiscoveryDocument(await getJson(discoveryUrl(issuerUrl), { ...documentLimit, signal }), issuerUrl)
}
