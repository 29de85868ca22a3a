/** The requests that refresh or revoke published signing keys, the input of their workflow, and its result. */
import * as z from 'zod/mini'
import { cacheSeconds } from '../../discovery/documents.ts'
import { keyStates } from '../../discovery/published-keys.ts'
import type { ClusterItem, StepItem } from '../../operations/record/record.ts'
import { described } from '../../spec/format.ts'
import { target } from '../../spec/target.ts'

export const revocationBody = z.strictObject({
  force: z._default(
    described(
      'Revokes the key even if the cluster signs with it or no other key is published. AWS then refuses every token of the cluster',
      z.boolean(),
    ),
    false,
  ),
})

/** The common part of both requests. */
const refresh = z.object({
  cluster: target,
  issuerUrl: z.string(),
  /** IDs of the keys that were published before the operation. */
  before: z.array(z.string()),
})

type Refresh = z.output<typeof refresh>

/** The input of the workflow `signing-keys`, or why the request is refused. */
export type RefreshOrRefusal = { readonly request: Refresh } | { readonly refused: string }

export function refreshRequest({ cluster, spec, status }: ClusterItem): RefreshOrRefusal {
  const { issuerUrl } = spec.cluster
  if (spec.discovery?.hosting === undefined || issuerUrl === undefined) {
    return {
      refused: `The deployment does not host the issuer of ${cluster}, so the deployment publishes no keys of the cluster: publish the keys at the issuer's host, or, if the cluster has the provider existing, send a setup with "discovery": {"hosting": "deployment"} to move the issuer to the deployment`,
    }
  }
  const before = (status.publishedKeys ?? []).map(({ kid }) => kid)
  return { request: refresh.parse({ cluster: spec.cluster, issuerUrl, before }) }
}

interface Revocation {
  readonly kid: string
  readonly force: boolean
  /** ARN of the caller, or issuer and subject of its token. */
  readonly revokedBy: string
}

export type RevocationOrRefusal =
  | { readonly request: Readonly<Record<string, unknown>> }
  | { readonly refused: string }
  /** IDs of the published keys, when the request names an unknown key. */
  | { readonly known: readonly string[] }

/**
 * The revocation of an accepted but unpublished key prevents its publication. A key may be revoked again, to continue
 * an earlier revocation that has failed.
 */
export function revocationRequest(recorded: ClusterItem, { kid, force, revokedBy }: Revocation): RevocationOrRefusal {
  const input = refreshRequest(recorded)
  if ('refused' in input) return input
  const { publishedKeys = [], acceptedKeys = [], revokedKeys = [] } = recorded.status
  const all = [...publishedKeys, ...acceptedKeys, ...revokedKeys]
  const found = all.find((key) => key.kid === kid)
  if (!found) return { known: publishedKeys.map((key) => key.kid) }
  const key = { kid, thumbprint: found.thumbprint }
  return { request: { ...input.request, revoke: { key, force, revokedBy } } }
}

export const signingKeysResult = z.object({
  published: keyStates.shape.published.check(z.describe('IDs of the keys that are published now')),
  added: z.array(z.string()).check(z.describe('Of `published`, the keys that were not published before the operation')),
  kept: keyStates.shape.kept.check(
    z.describe(
      'Of `published`, the keys that the cluster no longer has, with the time until which they stay published',
    ),
  ),
  revoked: keyStates.shape.revoked.check(
    z.describe('IDs of the revoked keys, which are not published again before a teardown of the cluster'),
  ),
  takesEffect: z.string().check(z.describe('When AWS uses the new key set')),
})

export type SigningKeysResult = z.output<typeof signingKeysResult>

/** CloudFront caches a document as its Cache-Control says. AWS does not document how long STS caches a key set. */
const takesEffect = `CloudFront, and caches between it and STS, may serve the previous keys for ${cacheSeconds / 60} minutes. How long STS keeps a key set is not documented: until STS reads the keys again, it accepts tokens of a revoked key and refuses tokens of a new key`

/** The result of a refresh or a revocation; undefined before PublishDiscovery or RevokeKey has completed. */
export function signingKeysOf(request: unknown, steps: readonly StepItem[]): SigningKeysResult | undefined {
  const step = steps.find(({ state }) => state === 'PublishDiscovery' || state === 'RevokeKey')
  const keys = keyStates.safeParse(step?.output).data
  if (!keys) return undefined
  const { before } = refresh.parse(request)
  return { ...keys, added: keys.published.filter((kid) => !before.includes(kid)), takesEffect }
}
