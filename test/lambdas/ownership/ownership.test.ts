import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import {
  isAdopted,
  type Owner,
  ownerName,
  ownerOf,
  ownershipOf,
  requireOurs,
  tagsFor,
} from '../../../lambdas/ownership/ownership.ts'

const name = fc.stringMatching(/^[a-z0-9-]{1,20}$/)
const owner: fc.Arbitrary<Owner> = fc.oneof(
  fc.record({ deployment: name, cluster: name }),
  fc.record({ deployment: name, cluster: name, workload: fc.record({ namespace: name, serviceAccount: name }) }),
)
const deployment = '123456789012/eu-central-1/workload-identity'
const object = 'arn:aws:iam::123456789012:role/workload-identity/x'

describe('ownership tags', () => {
  it('identify the owner that they were made for', () => {
    fc.assert(
      fc.property(owner, fc.boolean(), (o, adopted) => {
        expect(ownerOf(tagsFor(o, adopted))).toEqual(o)
      }),
    )
  })

  it('say whether the object was adopted', () => {
    expect(isAdopted(tagsFor({ deployment, cluster: 'a' }, true))).toBe(true)
    expect(isAdopted(tagsFor({ deployment, cluster: 'a' }, false))).toBe(false)
  })

  it('are reported by the name of their owner', () => {
    const workload = { namespace: 'default', serviceAccount: 's3-reader' }
    expect(ownerName({ deployment, cluster: 'prod-eu' })).toBe('cluster prod-eu')
    expect(ownerName({ deployment, cluster: 'prod-eu', workload })).toBe(
      'workload default/s3-reader of cluster prod-eu',
    )
  })

  it('belong to exactly one owner', () => {
    fc.assert(
      fc.property(owner, owner, (a, b) => {
        expect(ownershipOf(tagsFor(a, false), b) === 'ours').toBe(
          a.deployment === b.deployment && ownerName(a) === ownerName(b),
        )
      }),
    )
  })

  it('fit the limits of AWS tags for the longest names that the request allows', () => {
    const tags = tagsFor(
      {
        deployment: `123456789012/ap-southeast-99/${'d'.repeat(128)}`,
        cluster: 'c'.repeat(63),
        workload: { namespace: 'n'.repeat(63), serviceAccount: 's'.repeat(253) },
      },
      true,
    )
    for (const [key, value] of Object.entries(tags)) {
      expect(key.length).toBeLessThanOrEqual(128)
      expect(value.length).toBeLessThanOrEqual(256)
    }
  })
})

describe('requireOurs', () => {
  const desired: Owner = {
    deployment,
    cluster: 'prod',
    workload: { namespace: 'default', serviceAccount: 's3-reader' },
  }

  it('accepts an object with our tags, adopting or not', () => {
    expect(requireOurs({ object, tags: tagsFor(desired, false) }, desired, false)).toBe('ours')
    expect(requireOurs({ object, tags: tagsFor(desired, true) }, desired, true)).toBe('ours')
  })

  it('accepts an untagged object only when the request adopts', () => {
    expect(requireOurs({ object, tags: { team: 'x' } }, desired, true)).toBe('adopting')
    expect(() => requireOurs({ object, tags: { team: 'x' } }, desired, false)).toThrow(/adopt: true/)
  })

  it('refuses an object of another workload or cluster, without the name of that cluster', () => {
    const others = tagsFor({ deployment, cluster: 'dev' }, false)
    expect(() => requireOurs({ object, tags: others }, desired, true)).toThrow(OwnershipConflict)
    expect(() => requireOurs({ object, tags: others }, desired, true)).toThrow(
      /belongs to another cluster of this deployment\. /,
    )
  })

  it('refuses an object of a cluster of the same name in another deployment, and names that deployment', () => {
    const others = tagsFor({ ...desired, deployment: '123456789012/eu-west-1/workload-identity' }, false)
    expect(() => requireOurs({ object, tags: others }, desired, true)).toThrow(
      /belongs to the deployment 123456789012\/eu-west-1\/workload-identity/,
    )
  })

  it.each(Object.keys(tagsFor(desired, false)))('may adopt an object again after the removal of its tag %s', (key) => {
    const { [key]: _, ...tags } = tagsFor(desired, false)
    expect(requireOurs({ object, tags }, desired, true)).toBe('adopting')
    expect(() => requireOurs({ object, tags }, desired, false)).toThrow(/adopt: true/)
  })

  it('refuses an object without one tag whose other tags name another owner', () => {
    const remaining = { ...tagsFor({ deployment, cluster: 'prod' }, false), [tagKeys.namespace]: 'another' }
    expect(() => requireOurs({ object, tags: remaining }, desired, true)).toThrow(OwnershipConflict)
  })

  it('does not treat the tag of the deployment alone as ownership', () => {
    expect(() => requireOurs({ object, tags: { [tagKeys.deployment]: deployment } }, desired, false)).toThrow(
      /not made by/,
    )
  })
})
