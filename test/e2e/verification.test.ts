import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from './support/existing-cluster.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

it('a workload is added to a cluster without naming the cluster again, and all of them are verified, or one', async () => {
  const { name, cluster, body } = await existingCluster(running, 'more')
  expect((await running.setUp(body())).error).toBeUndefined()

  const since = Date.now()
  const writer = { namespace: 'media', serviceAccount: 's3-writer', role: { name: `${name}-writer`, policyArns: [] } }
  const added = await running.ended(await running.send(`/v1/clusters/${name}/workloads`, writer))
  expect(added).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
  const written = (await running.writesOf(name, since)).map(({ object }) => object)
  expect(new Set(written.filter((object) => !object.includes(`${name}-writer`)))).toEqual(
    new Set(['Namespace media', 'ServiceAccount media/s3-writer']),
  )

  const verifications = `/v1/clusters/${name}/verifications`
  const seen = Date.now()
  const all = await running.ended(await running.send(verifications, {}))
  expect(all).toMatchObject({ status: 'succeeded' })
  expect(all.result?.proofs).toHaveLength(2)
  const workload = { namespace: 'media', serviceAccount: 's3-writer' }
  const one = await running.ended(await running.send(verifications, { workload }))
  expect(one.result?.proofs).toMatchObject([{ subject: 'system:serviceaccount:media:s3-writer' }])
  expect(await running.writesOf(name, seen)).toEqual([])
  expect(cluster.objects('ServiceAccount', 'media').map(({ metadata }) => metadata.name)).toContain('s3-writer')
})

it('a workload whose account lost its annotation fails its verification, and the others are verified all the same', async () => {
  const { name, cluster, body } = await existingCluster(running, 'lost')
  const other = { namespace: 'default', serviceAccount: 'other', role: { name: `${name}-other`, policyArns: [] } }
  expect((await running.setUp(body({ 'workloads.1': other }))).error).toBeUndefined()
  const admin = cluster.objects('ServiceAccount', 'default').find(({ metadata }) => metadata.name === 'other')
  if (!admin) throw new Error('the account is not there')
  cluster.store.put({ ...admin, metadata: { ...admin.metadata, annotations: {} } })

  const operation = await running.ended(await running.send(`/v1/clusters/${name}/verifications`, {}))
  expect(operation).toMatchObject({
    status: 'failed',
    error: {
      name: 'VerificationFailed',
      step: 'Verify',
      item: 'default/other',
      object: 'ServiceAccount default/other',
      reason: expect.stringContaining('its annotation eks.amazonaws.com/role-arn is missing'),
      action: expect.stringContaining(`"wid drift ${name} --repair"`),
    },
  })
  const steps = operation.steps.filter(({ state }) => state === 'Verify')
  expect(steps.map(({ item, status }) => [item, status]).sort()).toEqual(
    [
      ['default/other', 'failed'],
      ['reports/exporter', 'succeeded'],
    ].sort(),
  )
})
