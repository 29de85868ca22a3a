import { beforeAll, describe, expect, it } from 'vitest'
import { existingCluster } from './support/existing-cluster.ts'
import { footprint } from './support/footprint.ts'
import { makeLookAlikes } from './support/look-alikes.ts'
import { ownCluster } from './support/requests.ts'
import { type System, system } from './support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

describe('a teardown', () => {
  it('of a cluster that was there leaves AWS and the cluster as they were before the setup, and what only looks alike', async () => {
    const { name, body, cluster } = await existingCluster(running, 'given-back')
    await makeLookAlikes(running, name, cluster)
    const before = await footprint(running, name)
    const second = { serviceAccount: 'importer', role: { name: `${name}-importer`, policyArns: [] } }
    const asked = body({ 'workloads.1': { namespace: 'reports', ...second } })
    expect((await running.setUp(asked)).error).toBeUndefined()
    expect(await footprint(running, name)).not.toEqual(before)

    const path = `/v1/clusters/${name}`
    const since = Date.now()
    const listed = await running.tearDown(`${path}?dryRun=true`)
    expect(listed).toMatchObject({ status: 'succeeded', dryRun: true, result: { remaining: [], pods: [], unseen: [] } })
    const roleDetail = 'would be deleted: deletes the inline policies workload-identity'
    expect(detailsOf(listed)).toEqual(new Set(['would be deleted', roleDetail]))
    expect(await running.writesOf(name, since)).toEqual([])

    const done = await running.tearDown(path)
    expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [], abandoned: [] } })
    expect(await footprint(running, name)).toEqual(before)
    expect(deleted(done)).toEqual(deleted(listed))
    expect((await fetch(running.api + path)).status).toBe(404)
    expect((await running.delete(path)).status).toBe(404)
  })

  it('of a cluster that a setup has made deletes it with its node pools, its provider and its bucket', async () => {
    const { name, body } = await ownCluster(running, 'taken-away')
    await makeLookAlikes(running, name)
    const before = await footprint(running, name)
    expect((await running.setUp(body())).error).toBeUndefined()

    const done = await running.tearDown(`/v1/clusters/${name}?deleteCluster=true`)
    expect(done).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(await footprint(running, name)).toEqual(before)
    expect(running.sandbox.kubernetes.cluster(name)).toBeUndefined()
  })
})

/** What was deleted: in a dry run each of two workloads tells of the namespace that they have in common. */
function deleted({ steps }: Awaited<ReturnType<System['observe']>>): ReadonlySet<string> {
  const all = steps.flatMap(({ changes }) => changes.filter(({ action }) => action === 'deleted'))
  return new Set(all.map(({ object }) => object))
}

function detailsOf({ steps }: Awaited<ReturnType<System['observe']>>): ReadonlySet<string | undefined> {
  const all = steps.flatMap(({ changes }) => changes.filter(({ action }) => action === 'deleted'))
  return new Set(all.map(({ detail }) => detail))
}
