import { describe, expect, it } from 'vitest'
import { rulesOfSetup, rulesOfTeardown, rulesOnManagement } from '../../../lambdas/rights/needed.ts'
import type { Rule } from '../../../lambdas/rights/rules.ts'
import { webhook as webhookSchema } from '../../../lambdas/spec/setup-request.ts'
import { ruleText } from '../../support/kubernetes/rule-text.ts'

const target = { name: 'prod', credentialsSecretArn: 'arn:secret' }
const reader = { namespace: 'apps', serviceAccount: 'reader' }
const writer = { namespace: 'reports', serviceAccount: 'writer' }
const textsOf = (rules: readonly Rule[]) => rules.map(ruleText)
const text = (rules: readonly Rule[]) => textsOf(rules).join('\n')

interface Asked {
  readonly webhook?: object
  readonly removed?: (typeof reader)[]
  readonly minor?: number
}

function ofSetup({ webhook = {}, removed = [], minor = 33 }: Asked = {}): readonly Rule[] {
  const needs = { webhook: webhookSchema.parse({ mode: 'install', ...webhook }), workloads: [reader], removed }
  return rulesOfSetup(needs, { target, minor, hosted: true })
}

describe('a setup needs', () => {
  it('without a webhook, rights on accounts by name alone', () => {
    expect(textsOf(ofSetup({ webhook: { mode: 'none' } }))).toEqual([
      'create serviceaccounts/token named default in default',
      'get namespaces named apps',
      'get, create, patch serviceaccounts named reader in apps',
      'create serviceaccounts/token named reader in apps',
      'create serviceaccounts/token named default in apps',
    ])
  })

  it('no right without which it also works', () => {
    for (const rules of [ofSetup(), ofSetup({ removed: [writer] })]) {
      const steps = rules.flatMap(({ reasons }) => reasons.flatMap(({ steps }) => steps))
      expect(steps.filter(({ optional }) => optional)).toEqual([])
    }
  })

  it("the rights on the webhook in the request's namespace, by the version of the cluster", () => {
    expect(text(ofSetup({ webhook: { namespace: 'hooks' } }))).toContain(
      'secrets named pod-identity-webhook-tls in hooks',
    )
    expect(text(ofSetup())).not.toContain('approve signers')
    expect(text(ofSetup({ minor: 20 }))).toContain('approve signers')
  })

  it('the rights of failure policy Fail only with it', () => {
    expect(text(ofSetup({ webhook: { failurePolicy: 'Fail' } }))).toContain('named kube-system')
    expect(text(ofSetup())).not.toContain('kube-system')
  })

  it('rights on named accounts, also with a webhook', () => {
    expect(textsOf(ofSetup()).filter((one) => one.endsWith(' in apps'))).toEqual([
      'create, patch serviceaccounts named reader in apps',
      'create serviceaccounts/token named reader in apps',
      'create serviceaccounts/token named default in apps',
      'create pods in apps',
    ])
  })

  it('rights to remove accounts only for workloads that have left', () => {
    const [without, removing] = [textsOf(ofSetup()), textsOf(ofSetup({ removed: [writer] }))]
    expect(removing.slice(0, without.length)).toEqual(without)
    expect(removing.slice(without.length)).toEqual([
      'create serviceaccounts/token named default in default',
      'get namespaces named reports',
      'get, delete, patch serviceaccounts named writer in reports',
    ])
  })

  it('nothing if its webhook does not work on the version, because a later step refuses it', () => {
    expect(ofSetup({ webhook: { certificate: 'csr' }, minor: 22 })).toEqual([])
  })
})

describe('a teardown needs', () => {
  const ofTeardown = (webhook?: { namespaces: string[]; mayHaveRequests: boolean }, minor = 21) =>
    rulesOfTeardown({ ...(webhook && { webhook }), workloads: [reader, writer] }, { target, minor })

  it('rights on its accounts alone, if no webhook is removed', () => {
    expect(textsOf(ofTeardown())).toEqual([
      'create serviceaccounts/token named default in default',
      'get namespaces named apps, reports',
      'get, delete, patch serviceaccounts named reader in apps',
      'get, delete, patch serviceaccounts named writer in reports',
    ])
  })

  it('rights on the webhook in each of its namespaces, besides', () => {
    const rules = textsOf(ofTeardown({ namespaces: ['hooks', 'old-hooks'], mayHaveRequests: false }))
    const ofAccounts = textsOf(ofTeardown())
    expect(rules.slice(0, ofAccounts.length)).toEqual(ofAccounts)
    const ofWebhooks = rules.slice(ofAccounts.length)
    const [first, second] = [ofWebhooks.slice(0, ofWebhooks.length / 2), ofWebhooks.slice(ofWebhooks.length / 2)]
    expect(first).toContain(
      'get, delete roles, rolebindings (rbac.authorization.k8s.io) named pod-identity-webhook in hooks',
    )
    expect(second).toEqual(first.map((one) => one.replace('hooks', 'old-hooks')))
  })

  it.each([
    ['the webhook may have sent some, on a version that signs them', true, 21, true],
    ['the version signs none', true, 22, false],
    ['the webhook has sent none', false, 21, false],
  ])('rights on certificate requests: %s', (_, mayHaveRequests, minor, isNeeded) => {
    const rules = ofTeardown({ namespaces: ['hooks'], mayHaveRequests }, minor)
    expect(text(rules).includes('certificatesigningrequests')).toBe(isNeeded)
  })
})

describe('on the management cluster', () => {
  const management = { secretArn: 'arn:management', namespace: 'clusters', applies: true, nodePools: ['pool-0'] }

  it('a setup needs these rights', () => {
    expect(textsOf(rulesOnManagement('prod', management, 'setup'))).toEqual([
      'get, create, patch awsclusters (multicloud.cluster.gke.io) named prod in clusters',
      'get, create, patch awsnodepools (multicloud.cluster.gke.io) named pool-0 in clusters',
    ])
  })

  it('a teardown needs these rights', () => {
    expect(textsOf(rulesOnManagement('prod', management, 'teardown'))).toEqual([
      'get, delete, patch awsclusters (multicloud.cluster.gke.io) named prod in clusters',
      'list awsnodepools (multicloud.cluster.gke.io) in clusters',
      'get, delete, patch awsnodepools (multicloud.cluster.gke.io) named pool-0 in clusters',
    ])
  })
})
