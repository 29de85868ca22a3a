import { expect, test } from 'vitest'
import { userOfBucket, userOfIssuer } from '../../../lambdas/operations/other-clusters.ts'

const issuerUrl = 'https://issuer.example/one'
const cluster = (name: string, { asked = {}, facts }: { asked?: object; facts?: object } = {}) => ({
  cluster: name,
  provider: 'existing',
  asked: { ...asked },
  lastOperationId: 'o',
  createdAt: '',
  updatedAt: '',
  ...(facts && { is: { facts: { ...facts }, providerArn: '', webhook: {}, operationId: 'o', verifiedAt: '' } }),
})

test('an issuer is used by whoever was found to have it, or was asked for with it', () => {
  const others = [cluster('a'), cluster('b', { facts: { issuerUrl: 'https://issuer.example/two' } })]
  expect(userOfIssuer(others, issuerUrl)).toBeUndefined()
  expect(userOfIssuer([...others, cluster('found', { facts: { issuerUrl } })], issuerUrl)).toBe('found')
  expect(userOfIssuer([...others, cluster('asked', { asked: { cluster: { issuerUrl } } })], issuerUrl)).toBe('asked')
})

test('a bucket is used by whoever was asked to publish in it', () => {
  const others = [cluster('a'), cluster('b', { asked: { discovery: { bucket: 'other' } } })]
  expect(userOfBucket(others, 'discovery')).toBeUndefined()
  expect(userOfBucket([...others, cluster('c', { asked: { discovery: { bucket: 'discovery' } } })], 'discovery')).toBe(
    'c',
  )
})
