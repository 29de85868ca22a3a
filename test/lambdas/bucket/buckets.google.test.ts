/** What every server of Cloud Storage's JSON API has: buckets by name. */
import { expect, test } from 'vitest'
import { storageServer } from '../../support/google/storage-servers.ts'

const storage = storageServer()
let made = 0

const desired = { location: 'EU', labels: { 'managed-by': 'workload-identity' } }
const newName = () => `discovery-${Date.now()}-${made++}`

test('a bucket that nobody has made is not there', async () => {
  const bucket = await storage.connect(newName())
  expect(await bucket.read()).toBeUndefined()
})

test('of two that make a bucket of one name the second is told that it is there by now', async () => {
  const name = newName()
  const bucket = await storage.connect(name)
  await bucket.create(desired)
  const error = await bucket.create(desired).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ConcurrentChange', transient: true, object: `gs://${name}` })
})
