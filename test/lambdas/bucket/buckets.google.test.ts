/** Creating and reading buckets, which each server of Cloud Storage's JSON API supports. */
import { expect, test } from 'vitest'
import { storageServer } from '../../support/google/storage-servers.ts'

const storage = storageServer()
let count = 0

const desired = { location: 'EU', labels: { 'managed-by': 'workload-identity' } }
const newName = () => `discovery-${Date.now()}-${count++}`

test('a bucket that was not created reads as undefined', async () => {
  const bucket = await storage.connect(newName())
  expect(await bucket.read()).toBeUndefined()
})

test('the second creation of a bucket fails with ConcurrentChange', async () => {
  const name = newName()
  const bucket = await storage.connect(name)
  await bucket.create(desired)
  const error = await bucket.create(desired).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ConcurrentChange', transient: true, object: `gs://${name}` })
})
