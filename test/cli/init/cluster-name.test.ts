import { expect, test } from 'vitest'
import { clusterNameFrom } from '../../../cli/init/cluster-name.ts'

test.for([
  ['prod-eu', 'prod-eu'],
  ['kind-dev', 'kind-dev'],
  ['admin@shop.example.com', 'shop-example-com'],
  ['Prod_EU!', 'prod-eu'],
  [`a${'-b'.repeat(40)}`, `a${'-b'.repeat(31)}`],
] as const)('derives from the context %s the name %s', ([context, name]) => {
  expect(clusterNameFrom(context)).toBe(name)
})

test.for(['default', 'kubernetes-admin@kubernetes', '@', '', undefined])(
  'derives no name from the context %s',
  (context) => {
    expect(clusterNameFrom(context)).toBeUndefined()
  },
)
