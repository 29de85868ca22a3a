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

  test('documents are what setups have found, or else what the cluster said of itself before it was deleted', () => {
    expect(factsToRecord('teardown', seen, observed)).toMatchObject({ jwksUri: observed.jwksUri })
    expect(factsToRecord('teardown', seen, undefined)).toEqual(seen)
    expect(factsToRecord('teardown', other, seen)).toEqual(other)
  })

  test('where the cluster is goes by what this teardown has seen of it, if it is the cluster that setups have found', () => {
    expect(factsToRecord('teardown', seen, observed)).toEqual({ ...observed, foundAt: moved })
    expect(factsToRecord('teardown', other, observed)).toBeUndefined()
  })
})

test('a setup goes by what it finds', () => {
  for (const recorded of [undefined, { ...observed, issuerUrl: 'https://other.example' }]) {
    expect(factsToRecord('setup', observed, recorded)).toEqual(observed)
  }
})

test('a verification records what it finds of the cluster that was set up, and nothing of another', () => {
  expect(factsToRecord('verification', observed, { ...observed, kubernetesVersion: '1.32.0' })).toEqual(observed)
  expect(factsToRecord('verification', observed, undefined)).toBeUndefined()
  expect(factsToRecord('verification', observed, { ...observed, issuerUrl: 'https://other.example' })).toBeUndefined()
})

test.each(['plan', 'drift', 'rotation'] as const)('a %s records nothing of what it finds', (kind) => {
  expect(factsToRecord(kind, observed, undefined)).toBeUndefined()
})
