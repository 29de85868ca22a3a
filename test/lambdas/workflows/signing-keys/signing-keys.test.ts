import { describe, expect, it } from 'vitest'
import {
  refreshRequest,
  revocationRequest,
  signingKeysOf,
} from '../../../../lambdas/workflows/signing-keys/signing-keys.ts'
import { clusterRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec, setUpStatus } from '../../../support/api/operations.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

const key = (kid: string) => ({ kid, thumbprint: `print-${kid}` })
const at = '2026-11-27T12:00:00.000Z'
const recorded = (parts: { example?: 'kubeadm' | 'existing-cluster'; status?: object } = {}) =>
  clusterRecord({
    cluster: 'edge-1',
    spec: exampleSpec(parts.example ?? 'kubeadm', { cluster: { issuerUrl: 'https://oidc.example.com/edge-1' } }),
    status: { ...setUpStatus(), ...parts.status },
  })

describe('a refresh', () => {
  it('has the recorded issuer, and the keys that were published before', () => {
    const { cluster } = recorded().spec
    expect(refreshRequest(recorded({ status: { publishedKeys: [key('a')] } }))).toEqual({
      request: {
        cluster: { name: cluster.name, credentialsSecretArn: cluster.credentialsSecretArn },
        issuerUrl: 'https://oidc.example.com/edge-1',
        before: ['a'],
      },
    })
    expect(refreshRequest(recorded())).toMatchObject({ request: { before: [] } })
  })

  it('is refused for a cluster that publishes its keys itself', () => {
    expect(refreshRequest(recorded({ example: 'existing-cluster' }))).toEqual({
      refused: expect.stringContaining('The deployment does not host the issuer of edge-1'),
    })
  })
})

describe('a revocation', () => {
  const options = { kid: 'a', force: false, revokedBy: 'somebody' }

  it('is for a published, accepted or already revoked key', () => {
    const accepted = { ...key('a'), acceptedAt: '2026-11-27T12:00:00.000Z', acceptedBy: 'somebody' }
    for (const status of [
      { publishedKeys: [key('b'), key('a')] },
      { revokedKeys: [key('a')] },
      { acceptedKeys: [accepted] },
    ]) {
      expect(revocationRequest(recorded({ status }), options)).toMatchObject({
        request: { revoke: { key: key('a'), force: false, revokedBy: 'somebody' } },
      })
    }
  })

  it('prefers the published one of two keys with one ID', () => {
    const status = { publishedKeys: [{ kid: 'a', thumbprint: 'now' }], revokedKeys: [{ kid: 'a', thumbprint: 'then' }] }
    expect(revocationRequest(recorded({ status }), options)).toMatchObject({
      request: { revoke: { key: { thumbprint: 'now' } } },
    })
  })

  it('of an unknown key returns the published keys', () => {
    const status = { publishedKeys: [key('b')], revokedKeys: [key('c')] }
    expect(revocationRequest(recorded({ status }), options)).toEqual({ known: ['b'] })
  })

  it('is refused like a refresh', () => {
    expect(revocationRequest(recorded({ example: 'existing-cluster' }), options)).toHaveProperty('refused')
  })
})

describe('the result', () => {
  const keys = { published: ['a', 'b'], kept: [{ kid: 'a', until: at }], revoked: ['c'] }
  const step = (state: string, output?: object) => recordedStep(state, output && { output: { ...output } })
  const { request } = { request: { cluster: recorded().spec.cluster, issuerUrl: 'u', before: ['a', 'c'] } }

  it.each(['PublishDiscovery', 'RevokeKey'])('of %s lists the published, added, kept and revoked keys', (state) => {
    expect(signingKeysOf(request, [step(state, keys), step('RecordKeys')])).toEqual({
      ...keys,
      added: ['b'],
      takesEffect: expect.stringMatching(/for 5 minutes\. How long STS keeps a key set is not documented/),
    })
  })

  it('does not exist before the end of a step', () => {
    expect(signingKeysOf(request, [])).toBeUndefined()
    expect(signingKeysOf(request, [step('RevokeKey')])).toBeUndefined()
  })
})
