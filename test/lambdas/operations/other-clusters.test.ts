import { expect, test } from 'vitest'
import { userOfBucket, userOfIssuer } from '../../../lambdas/operations/other-clusters.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record.ts'
import { exampleSpec, setUpStatus } from '../../support/operations.ts'
import { exampleRequest } from '../../support/requests.ts'

const issuerUrl = 'https://issuer.example/one'
const cluster = (
  name: string,
  { spec, facts }: { spec?: Parameters<typeof exampleSpec>[1]; facts?: Partial<ClusterFacts> } = {},
) => {
  return {
    cluster: name,
    spec: exampleSpec('existing-cluster', spec),
    status: facts ? setUpStatus({ facts }) : { conditions: {} },
    lastOperationId: 'o',
    createdAt: '',
    updatedAt: '',
  }
}

function discoveryIn(bucket: string) {
  const { discovery } = exampleRequest('setup')
  if (!discovery) throw new Error('the example has a bucket')
  return { ...discovery, bucket }
}

test('an issuer is used by whoever was found to have it, or was asked for with it', () => {
  const others = [cluster('a'), cluster('b', { facts: { issuerUrl: 'https://issuer.example/two' } })]
  expect(userOfIssuer(others, issuerUrl)).toBeUndefined()
  expect(userOfIssuer([...others, cluster('found', { facts: { issuerUrl } })], issuerUrl)).toBe('found')
  expect(userOfIssuer([...others, cluster('asked', { spec: { cluster: { issuerUrl } } })], issuerUrl)).toBe('asked')
})

test('a bucket is used by whoever was asked to publish in it', () => {
  const others = [cluster('a'), cluster('b', { spec: { discovery: discoveryIn('other') } })]
  expect(userOfBucket(others, 'discovery')).toBeUndefined()
  expect(userOfBucket([...others, cluster('c', { spec: { discovery: discoveryIn('discovery') } })], 'discovery')).toBe(
    'c',
  )
})
