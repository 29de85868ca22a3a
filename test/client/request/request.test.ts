import { expect, test } from 'vitest'
import { requestOf } from '../../../client/request/request.ts'

test.each([
  ['shop', 'shop-pool-0'],
  ['a'.repeat(63), `${'a'.repeat(56)}-pool-0`],
])('the node pool of a new cluster has its name, because pools of all clusters share a namespace', (name, pool) => {
  const { cluster } = requestOf('new-gke-on-aws', (question) => (question === 'name' ? name : 'x'))
  expect(cluster.nodePools?.map((one) => one.name)).toEqual([pool])
})
