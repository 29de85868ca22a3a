import { expect, test } from 'vitest'
import { reasonAgainstVersion } from '../../../../lambdas/webhook/desired/cluster-upgrade.ts'
import type { RecordedWebhook } from '../../../../lambdas/webhook/recorded.ts'

const document = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'

function webhook(mode: 'own-ca' | 'csr', image: string): RecordedWebhook {
  return { cluster: 'prod-eu', installed: { mode, image, namespace: 'webhooks', replicas: 2 } }
}

test.each([
  [webhook('csr', document), '1.22.8-gke.100'],
  [webhook('csr', document), '1.33.2'],
])('a cluster with the webhook %j cannot be upgraded to %s', (recorded, version) => {
  const refused = reasonAgainstVersion(recorded, version)
  expect(refused).toMatchObject({ object: 'cluster prod-eu', reason: expect.stringContaining(version) })
  expect(refused?.action).toContain('wid upgrade prod-eu --certificate own-ca')
})

test.each([
  [webhook('csr', document), '1.21.14'],
  [webhook('own-ca', document), '1.22.8'],
  [{ cluster: 'prod-eu', installed: { mode: 'managed' as const } }, '1.33.2'],
])('a cluster with the webhook %j can be upgraded to %s', (recorded, version) => {
  expect(reasonAgainstVersion(recorded, version)).toBeUndefined()
})
