/**
 * Query parameters of requests to Cloud Storage: https://cloud.google.com/storage/docs/request-preconditions
 * and https://cloud.google.com/storage/docs/json_api/v1/objects/list
 */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { setEnvironment } from '../../support/environment.ts'
import { storageServer } from '../../support/google/storage-servers.ts'

const storage = storageServer()

test('refuses a write that is based on a read before the change of another client', async () => {
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

test('lists all versions of objects, because a bucket that has only old versions cannot be deleted', async () => {
  const urls: string[] = []
  const server = createServer((request, response) => {
    urls.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"items": []}')
  })
  const restore = setEnvironment({
    STORAGE_EMULATOR_HOST: `http://127.0.0.1:${await listenOnFreePort(server)}/storage/v1`,
  })
  try {
    expect(await (await storage.connect('discovery-versions')).objects(7)).toEqual([])
  } finally {
    restore()
    server.close()
  }
  const [url = ''] = urls
  expect(Object.fromEntries(new URL(url, 'http://server').searchParams)).toMatchObject({
    versions: 'true',
    maxResults: '7',
  })
})
