import { expect, test } from 'vitest'
import { clusterNameFrom } from '../../../cli/init/cluster-name.ts'

test.for([
  ['prod-eu', 'prod-eu'],
  ['kind-dev', 'kind-dev'],
  ['admin@shop.example.com', 'shop-example-com'],
  ['Prod_EU!', 'prod-eu'],
  [`a${'-b'.repeat(40)}`, `a${'-b'.repeat(31)}`],
] as const)('a cluster of the context %s is called %s', ([context, name]) => {
  expect(clusterNameFrom(context)).toBe(name)
})

test.for(['default', 'kubernetes-admin@kubernetes', '@', '', undefined])('the context %s says no name', (context) => {
  expect(clusterNameFrom(context)).toBeUndefined()
})
