import { expect, test } from 'vitest'
import { roleArnOf, roleNameOf } from '../support/aws/roles.ts'
import { makeLookAlikes } from './support/clusters/look-alikes.ts'
import { ownCluster } from './support/requests.ts'
import { footprint } from './support/runs/footprint.ts'
import { system } from './support/system.ts'

test('one POST sets a cluster up and proves it, a second one writes nothing, and a teardown restores the state before', async () => {
  const running = await system()
  const { name, body } = await ownCluster(running, 'whole-line')
  await makeLookAlikes(running, name)
  const before = await footprint(running, name)
  const first = await running.setUp(body())
  expect(first.error).toBeUndefined()
  expect(first.status).toBe('succeeded')
  expect(first.result?.proofs).toMatchObject([
    {
      subject: 'system:serviceaccount:default:s3-reader',
      audience: 'sts.amazonaws.com',
      roleArn: roleArnOf(name),
      assumedRoleArn: expect.stringContaining(`:assumed-role/${roleNameOf(name)}/`),
      mutation: 'mutated',
      refused: [{ answer: 'AccessDenied' }, { answer: 'InvalidIdentityToken' }],
    },
  ])

  const path = `${running.api}/v1/operations/${first.operationId}`
  const text = await (await fetch(path, { headers: { accept: 'text/plain' } })).text()
  expect(text.split('\n')[0]).toBe(`setup of ${name}: succeeded`)
  expect(text).toMatch(/^succeeded Verify default\/s3-reader {2}2\S+Z, took /m)
  expect(text).toContain('\nresult:\n')

  await running.clearCalls()
  expect((await running.setUp(body())).status).toBe('succeeded')
  expect(await running.writes()).toEqual([])

  const done = await running.tearDown(`/v1/clusters/${name}?deleteCluster=true`)
  expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  expect(await footprint(running, name)).toEqual(before)
  expect(running.sandbox.kubernetes.cluster(name)).toBeUndefined()
})
