import { describe, expect, it } from 'vitest'
import {
  expectedCluster,
  expectedClusterToRemove,
  trustedKeys,
} from '../../../../lambdas/operations/record/own-cluster.ts'
import type { ClusterStatus } from '../../../../lambdas/operations/record/record.ts'

const issuerUrl = 'https://oidc.example.com/edge-1'
const at = '2026-11-27T12:00:00.000Z'
const key = (name: string) => ({ kid: name, thumbprint: `print-${name}` })
const accepted = (name: string) => ({ ...key(name), acceptedAt: at, acceptedBy: 'somebody' })
const revoked = (name: string) => ({ ...key(name), revokedAt: at, revokedBy: 'somebody' })
const status: ClusterStatus = {
  conditions: {},
  verifiedAt: at,
  cluster: { issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks` },
  publishedKeys: [key('published')],
  acceptedKeys: [accepted('accepted'), accepted('regretted')],
  revokedKeys: [revoked('leaked'), revoked('regretted')],
}
const { verifiedAt: _, ...notSetUp } = status
const { publishedKeys: __, ...notHosted } = status
const printsOf = (keys: readonly { thumbprint: string }[] | undefined) => keys?.map(({ thumbprint }) => thumbprint)

describe('a cluster that was set up', () => {
  it('is identified by its issuer, and by the keys that are published or accepted and not revoked', () => {
    const own = expectedCluster(status, issuerUrl)
    expect(own.issuers).toEqual([issuerUrl])
    expect(printsOf(own.keys)).toEqual(['print-published', 'print-accepted'])
    expect(printsOf(trustedKeys(status))).toEqual(['print-published', 'print-accepted'])
  })

  it('may still name its former issuer', () => {
    const former = 'https://former.example'
    expect(expectedCluster({ ...status, formerIssuer: { issuerUrl: former } }, issuerUrl).issuers).toEqual([
      issuerUrl,
      former,
    ])
  })

  it('is identified in a teardown by revoked keys, too', () => {
    const own = expectedClusterToRemove(status)
    expect(own.issuers).toEqual([issuerUrl])
    expect(printsOf(own.keys)).toEqual(expect.arrayContaining(['print-published', 'print-accepted', 'print-leaked']))
    expect(expectedClusterToRemove({ conditions: {} })).toEqual({ issuers: [], keys: undefined })
  })

  it.each([
    ['before a setup has succeeded', notSetUp],
    ['when the deployment publishes none of its keys', notHosted],
  ])('is identified only by its issuer %s', (_, other) => {
    expect(expectedCluster(other, issuerUrl)).toEqual({ issuers: [issuerUrl], keys: undefined })
    expect(expectedClusterToRemove(other)).toEqual({ issuers: [issuerUrl], keys: undefined })
  })
})
