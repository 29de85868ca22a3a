import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { deleteRequests } from '../../../../lambdas/webhook/certificate/delete-requests.ts'
import { clientOf } from '../../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()

it('deletes many certificate requests, at most twenty at the same time, and reports those that existed', async () => {
  const client = clientOf(await clusters.emulate('prod-eu'))
  let running = 0
  let most = 0
  client.delete = async ({ name }) => {
    running += 1
    most = Math.max(most, running)
    await sleep(1)
    running -= 1
    return name !== 'csr-0'
  }
  const names = Array.from({ length: 70 }, (_, index) => `csr-${index}`)
  const changes = await deleteRequests(client, names, { dryRun: false })
  expect(changes).toHaveLength(69)
  expect(changes[0]).toEqual({ object: 'CertificateSigningRequest csr-1', action: 'deleted' })
  expect(most).toBe(20)
})
