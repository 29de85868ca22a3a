import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectSubject } from '../../../cli/connect/subject.ts'
import { contextFrom } from '../../../cli/context.ts'
import { localServer } from '../../support/network/local-server.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const directory = await temporaryDirectory()
const spec = { cluster: { name: 'edge-1', provider: 'gke-on-aws', connection: 'agent' } }
const refusal = /^An agent connects cluster edge-1, .*"wid enroll edge-1"/
let api: Awaited<ReturnType<typeof localServer>>

beforeAll(async () => {
  api = await localServer(() => (_, response) => {
    const body = { spec, secretPrefix: 'workload-identity' }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
})
afterAll(async () => {
  await api.close()
  await directory.remove()
})

const subject = (options: { readonly file?: string; readonly management?: true }) =>
  connectSubject(contextFrom({ api: api.url, output: 'text' }), 'edge-1', options)

test('creates no credentials of a cluster with an agent, by its record and by the file of its request', async () => {
  const file = path.join(directory.path, 'edge-1.yaml')
  await writeFile(file, JSON.stringify(spec))
  await expect(subject({})).rejects.toThrow(refusal)
  await expect(subject({ file })).rejects.toThrow(refusal)
})

test('an agent does not replace the credentials of the management cluster', async () => {
  expect((await subject({ management: true })).secret.name).toBe('workload-identity/edge-1/management')
})
