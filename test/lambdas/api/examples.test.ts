import { describe, expect, test } from 'vitest'
import { requestParts } from '../../../lambdas/spec/parts.ts'
import { type Example, exampleRequest } from '../../support/requests.ts'

const examples: readonly Example[] = ['setup', 'csr-cluster', 'existing-cluster', 'twenty-workloads']

describe('the examples that come with the product', () => {
  test.each(examples)('%s.json has no fault', (example) => {
    expect(exampleRequest(example).cluster.name).toMatch(/^[a-z0-9-]+$/)
  })

  test.each(examples)('the steps take every part of the normal form of %s.json as it is', (example) => {
    const { cluster, discovery, webhook, workloads } = exampleRequest(example)
    expect(requestParts.cluster.parse(cluster)).toEqual(cluster)
    expect(requestParts.webhook.parse(webhook)).toEqual(webhook)
    if (discovery !== undefined) expect(requestParts.discovery.parse(discovery)).toEqual(discovery)
    for (const workload of workloads) expect(requestParts.workload.parse(workload)).toEqual(workload)
  })

  test('twenty-workloads.json has twenty workloads with a role each', () => {
    const names = exampleRequest('twenty-workloads').workloads.map(({ role }) => role.name)
    expect(new Set(names).size).toBe(20)
  })
})
