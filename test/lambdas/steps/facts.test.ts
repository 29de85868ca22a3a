import { describe, expect, test } from 'vitest'
import { factsToRecord } from '../../../lambdas/steps/facts.ts'

const foundAt = { server: 'https://management.example', namespace: 'default' }
const observed = {
  ...{ clusterId: 'c-1', kubernetesVersion: '1.33.2', kubernetesMinor: 33, foundAt },
  issuerUrl: 'https://issuer.example',
  jwksUri: 'https://issuer.example/jwks',
}

describe('in a teardown', () => {
  const moved = { ...foundAt, server: 'https://moved.example' }
  const seen = { issuerUrl: observed.issuerUrl, jwksUri: 'https://issuer.example/openid/v1/jwks', foundAt: moved }
  const other = { ...seen, issuerUrl: 'https://other.example' }

  test('documents are those that setups observed, or else those that the cluster reported before its deletion', () => {
    expect(factsToRecord('teardown', seen, observed)).toMatchObject({ jwksUri: observed.jwksUri })
    expect(factsToRecord('teardown', seen, undefined)).toEqual(seen)
    expect(factsToRecord('teardown', other, seen)).toEqual(other)
  })

  test('the location of the cluster is the one that this teardown observed, if setups observed the same cluster', () => {
    expect(factsToRecord('teardown', seen, observed)).toEqual({ ...observed, foundAt: moved })
    expect(factsToRecord('teardown', other, observed)).toBeUndefined()
  })
})

test('a setup records the facts that it observes', () => {
  for (const recorded of [undefined, { ...observed, issuerUrl: 'https://other.example' }]) {
    expect(factsToRecord('setup', observed, recorded)).toEqual(observed)
  }
})

test('a verification records the facts of the cluster that was set up, and not of another', () => {
  expect(factsToRecord('verification', observed, { ...observed, kubernetesVersion: '1.32.0' })).toEqual(observed)
  expect(factsToRecord('verification', observed, undefined)).toBeUndefined()
  expect(factsToRecord('verification', observed, { ...observed, issuerUrl: 'https://other.example' })).toBeUndefined()
})

test.each(['plan', 'drift', 'rotation'] as const)('a %s records no facts', (kind) => {
  expect(factsToRecord(kind, observed, undefined)).toBeUndefined()
})
