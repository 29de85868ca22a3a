import { beforeAll, expect, it } from 'vitest'
import { documentsOf, existingCluster } from './support/clusters/existing-cluster.ts'
import type { OperationAnswer } from './support/operation.ts'
import { footprint } from './support/runs/footprint.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const waitingReason = ({ steps }: OperationAnswer) => steps.find(({ state }) => state === 'CheckCluster')?.waitingFor

it("a setup writes nothing until the issuer in the cluster's tokens publishes their key", async () => {
  const own = await existingCluster(running, 'proven')
  own.cluster.rotateKeys()
  const before = await footprint(running, own.name)
  const location = await running.start(own.body({ 'cluster.issuerUrl': undefined }))
  const waiting = await running.until(location, (operation) => waitingReason(operation) !== undefined)
  expect(waitingReason(waiting)).toContain(
    `are not signed with a key that ${own.issuerUrl} publishes (they name the key ${own.cluster.signer.keyId})`,
  )
  expect(await footprint(running, own.name)).toEqual(before)
  own.documents = await documentsOf(own.cluster)
  expect(await running.ended(location)).toMatchObject({
    status: 'succeeded',
    result: { proofs: [{ mutation: 'mutated' }] },
  })
})
