import { describe, expect, test } from 'vitest'
import { setupRequest } from '../../../lambdas/spec/setup-request.ts'
import { type Example, exampleRequest } from '../../support/api/requests.ts'

const examples: readonly Example[] = ['setup', 'csr-cluster', 'existing-cluster', 'kubeadm', 'twenty-workloads']

describe('the examples that come with the product', () => {
  test.each(examples)('%s.json has no fault', (example) => {
    expect(exampleRequest(example).cluster.name).toMatch(/^[a-z0-9-]+$/)
  })

  test.each(examples)('the steps accept the normal form of %s.json unchanged', (example) => {
    const request = exampleRequest(example)
    expect(setupRequest.parse(request)).toEqual(request)
  })

  test('twenty-workloads.json has twenty workloads with a role each', () => {
    const names = exampleRequest('twenty-workloads').workloads.map(({ role }) => role.name)
    expect(new Set(names).size).toBe(20)
  })
})
