/** The two documents of an issuer (OpenID Connect Discovery 1.0) in the deployment's bucket. */
import { createHash } from 'node:crypto'
import type { PublicKey } from '../clouds/public-key.ts'
import type { Change } from '../report/change.ts'
import { differencesByKey } from '../report/difference.ts'
import { publishedKeySet } from './key-set.ts'

/** How long caches may serve the previous version of a document, in seconds. */
export const cacheSeconds = 300
const cacheControl = `public, max-age=${cacheSeconds}`

export interface IssuerDocument {
  /** Relative to the folder of the cluster. */
  readonly path: string
  readonly text: string
  readonly contentType: string
  readonly cacheControl: string
}

const configurationPath = '.well-known/openid-configuration'
export const keySetPath = 'openid/v1/jwks'
const documentPaths = [configurationPath, keySetPath]

/** Returns the object key of a document in the deployment's bucket, or of the cluster's folder for the path `''`. */
export function documentKey(cluster: string, path: string): string {
  return `${cluster}/${path}`
}

/** Returns the paths of the existing documents of the cluster, by the object keys in the bucket. */
export function documentPathsAmong(keys: ReadonlySet<string>, cluster: string): string[] {
  return documentPaths.filter((path) => keys.has(documentKey(cluster, path)))
}

export function documentUrls(issuerUrl: string): string[] {
  return documentPaths.map((path) => `${issuerUrl}/${path}`)
}

/** The discovery document and the key set of an issuer, with the fields that kube-apiserver writes. */
export function issuerDocuments(issuerUrl: string, keys: readonly PublicKey[]): readonly IssuerDocument[] {
  const configuration = {
    issuer: issuerUrl,
    jwks_uri: `${issuerUrl}/${keySetPath}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithmsOf(keys),
  }
  return [
    { path: configurationPath, text: textOf(configuration), contentType: 'application/json', cacheControl },
    { path: keySetPath, text: textOf({ keys }), contentType: 'application/jwk-set+json', cacheControl },
  ]
}

/** Returns the change that brings a document to the desired state. Differences of a key set include the key IDs. */
export function documentChange(
  url: string,
  desired: IssuerDocument,
  observed: Omit<IssuerDocument, 'path'> | undefined,
): Change {
  if (!observed) return { object: url, action: 'created' }
  const differences = differencesByKey(fieldsOf(desired), fieldsOf(observed))
  if (differences.length === 0) return { object: url, action: 'unchanged' }
  const detail = differences.map(({ field }) => field).join(', ')
  return { object: url, action: 'updated', detail, differences }
}

function fieldsOf({ text, contentType, cacheControl }: Omit<IssuerDocument, 'path'>): Record<string, string> {
  const kids = publishedKeySet(text).map(({ kid }) => kid)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { contentType, cacheControl, keys: kids.join(', '), sha256 }
}

/** The algorithms with which kube-apiserver signs if the key names none. */
const defaults = { RSA: 'RS256', 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' } as const

function algorithmsOf(keys: readonly PublicKey[]): string[] {
  const algorithms = keys.map((key) => key.alg ?? defaults[key.kty === 'RSA' ? 'RSA' : key.crv])
  return [...new Set(algorithms)].toSorted()
}

function textOf(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
