/** Writes on the condition of what was read: https://cloud.google.com/storage/docs/request-preconditions */
import { expect, test } from 'vitest'
import { storageServer } from '../../support/storage-servers.ts'

const storage = storageServer()

test('what was read before somebody else changed the bucket is not written', async () => {
  const bucket = await storage.connect('discovery-shared')
  await bucket.create({ location: 'EU', labels: {} })
  const observed = await bucket.read()
  if (!observed) throw new Error('the bucket is not there')
  await bucket.update(observed, { labels: { team: 'theirs' } })
  const stale = { name: 'ConcurrentChange', transient: true }
  await expect(bucket.update(observed, { labels: { team: 'ours' } })).rejects.toMatchObject(stale)
  await expect(bucket.removeLabels(observed, ['team'])).rejects.toMatchObject(stale)
  expect(await bucket.read()).toMatchObject({ labels: { team: 'theirs' } })
})
