import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProviderState } from '../../../lambdas/clouds/aws/oidc-providers.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { tagsFor } from '../../../lambdas/ownership/ownership.ts'
import {
  describeProviderChanges,
  providerAdditions,
  providerChanges,
  providerDifferences,
  thumbprintServers,
} from '../../../lambdas/provider/provider.ts'

const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }
const thumbprint = fc.stringMatching(/^[0-9a-f]{40}$/)
const state: fc.Arbitrary<ProviderState> = fc.record({
  thumbprints: fc.uniqueArray(thumbprint, { maxLength: 5 }),
  clientIds: fc.uniqueArray(fc.constantFrom('sts.amazonaws.com', 'other', 'more')),
  tags: fc.constantFrom({}, { team: 'x' }, tagsFor(owner, false), tagsFor(owner, true)),
})

describe('the provider', () => {
  it('needs no further change after the changes', () => {
    fc.assert(
      fc.property(
        state,
        fc.uniqueArray(thumbprint, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        (observed, live, adopting) => {
          const changes = providerChanges(observed, live, { owner, adopting })
          const after = {
            thumbprints: changes.thumbprints ?? observed.thumbprints,
            clientIds: changes.clientId === undefined ? observed.clientIds : [...observed.clientIds, changes.clientId],
            tags: { ...observed.tags, ...changes.tags },
          }
          expect(providerChanges(after, live, { owner, adopting: false })).toEqual({})
          expect(providerDifferences(observed, changes).length > 0).toBe(Object.keys(changes).length > 0)
          for (const one of live) expect(after.thumbprints).toContain(one)
          expect(after.thumbprints.length).toBeLessThanOrEqual(5)
          for (const id of [...observed.clientIds, 'sts.amazonaws.com']) expect(after.clientIds).toContain(id)
        },
      ),
    )
  })

  it('has a difference for each field, and additions for foreign audiences', () => {
    const observed = {
      thumbprints: ['a'],
      clientIds: ['theirs'],
      tags: { ...tagsFor(owner, false), [tagKeys.deployment]: 'another' },
    }
    const changes = providerChanges(observed, ['b'], { owner, adopting: false })
    expect(providerDifferences(observed, changes)).toEqual([
      { field: 'tags.workload-identity:deployment', desired: owner.deployment, observed: 'another' },
      { field: 'thumbprints', desired: ['a', 'b'], observed: ['a'] },
      { field: 'clientIds', desired: 'sts.amazonaws.com' },
    ])
    const both = { ...observed, clientIds: ['sts.amazonaws.com', 'theirs'] }
    expect(providerAdditions(both)).toEqual([{ field: 'clientIds', observed: 'theirs' }])
  })

  it('has an addition for a context provider of others, and no change that removes it', () => {
    const observed = {
      thumbprints: ['a'],
      clientIds: ['sts.amazonaws.com'],
      tags: tagsFor(owner, false),
      contextProvider: 'SubjectSourceKey sub',
    }
    expect(providerAdditions(observed)).toEqual([{ field: 'contextProvider', observed: 'SubjectSourceKey sub' }])
    expect(providerChanges(observed, ['a'], { owner, adopting: false })).toEqual({})
  })

  it('keeps the tag of an adoption when a later request does not adopt', () => {
    const observed = { thumbprints: ['a'], clientIds: ['sts.amazonaws.com'], tags: { [tagKeys.adopted]: 'true' } }
    expect(providerChanges(observed, ['a'], { owner, adopting: false }).tags).toEqual(tagsFor(owner, true))
  })

  it('has a description of its changes', () => {
    expect(describeProviderChanges({ thumbprints: ['aa', 'bb'], clientId: 'sts.amazonaws.com' })).toBe(
      'thumbprints aa, bb; client ID sts.amazonaws.com',
    )
    expect(describeProviderChanges({ tags: { team: 'x' } })).toBe('tags')
  })

  it('needs the thumbprints of the server of the keys, and of the issuer if that is another server', () => {
    expect(thumbprintServers('https://a.example/x', 'https://a.example/x/jwks')).toEqual([
      { host: 'a.example', port: 443 },
    ])
    expect(thumbprintServers('https://a.example', 'https://keys.example:8443/jwks')).toEqual([
      { host: 'keys.example', port: 8443 },
      { host: 'a.example', port: 443 },
    ])
  })
})
