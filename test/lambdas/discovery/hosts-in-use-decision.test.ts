import { describe, expect, test } from 'vitest'
import { refusalOf, removedHosts } from '../../../lambdas/discovery/hosts-in-use-decision.ts'

const own = 'd111111abcdef8.cloudfront.net'
const domain = 'oidc.example.com'
const other = 'oidc.example.org'

describe('the removed hosts', () => {
  test.each([
    ['none, when hosts are created', { kind: 'Create' }, []],
    ['none, when a domain is added', { kind: 'Update', before: [own], after: [own, domain] }, []],
    ['none, when nothing changes', { kind: 'Update', before: [own, domain], after: [domain, own] }, []],
    ['the old domain, when it is replaced', { kind: 'Update', before: [own, domain], after: [own, other] }, [domain]],
    ['all, when the setting is removed', { kind: 'Update', before: [own, domain], after: [] }, [own, domain]],
    ['all, when the stack is deleted', { kind: 'Delete', before: [own, domain] }, [own, domain]],
    ['none, when a stack without hosts is deleted', { kind: 'Delete', before: [] }, []],
  ] as const)('are %s', (_, change, removed) => {
    expect(removedHosts(change)).toEqual(removed)
  })
})

describe('a change that removes hosts', () => {
  const prod = { cluster: 'prod', issuerUrls: [`https://${domain}/prod`] }
  const trial = { cluster: 'trial', issuerUrls: [`https://${own}/trial`, `https://${domain}/trial`] }
  const elsewhere = { cluster: 'elsewhere', issuerUrls: ['https://storage.googleapis.com/bucket', 'no URL'] }
  const without = { cluster: 'without', issuerUrls: [] }

  test('is allowed when no cluster has its issuer there', () => {
    expect(refusalOf([], [prod])).toBeUndefined()
    expect(refusalOf([other, own], [prod, elsewhere, without])).toBeUndefined()
  })

  test('is refused, and the message names each host, its clusters and the remedy', () => {
    expect(refusalOf([own, domain], [prod, elsewhere, without, trial])).toBe(
      `${own} is the issuer host of trial; ${domain} is the issuer host of prod, trial. AWS accepts no tokens of these clusters without their issuer host. ` +
        'Keep the deployment, with the setting issuerHost as it was, or tear these clusters down first.',
    )
  })

  test('is allowed when issuers only have similar hosts', () => {
    const similar = [`https://${domain}.example.net/a`, `https://a.example.net/${domain}`, `https://x.${domain}/a`]
    expect(refusalOf([domain], [{ cluster: 'alike', issuerUrls: similar }])).toBeUndefined()
  })

  test('is refused with at most twenty names and the number of the others', () => {
    const clusters = Array.from({ length: 23 }, (_, index) => ({ ...prod, cluster: `cluster-${index}` }))
    expect(refusalOf([domain], clusters)).toMatch(/of cluster-0, .*cluster-19, 3 more\. /)
    expect(refusalOf([domain], clusters)).not.toContain('cluster-20')
    expect(refusalOf([domain], clusters.slice(0, 20))).not.toContain('more')
  })
})
