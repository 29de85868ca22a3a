import { beforeAll, describe, expect, it } from 'vitest'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { expectFailure } from '../../e2e/support/runs/failure.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { type System, system } from '../../e2e/support/system.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

describe('a cluster that is sent under a second name', () => {
  it('is refused before it writes to objects of the first, and its teardown does not change the first', async () => {
    const first = await existingCluster(running, 'first')
    expect((await running.setUp(first.body())).error).toBeUndefined()
    const before = await footprint(running, first.name)
    const second = await secondName(first)

    const refused = await running.setUp(second.body)
    expectFailure(running, refused, {
      name: 'OwnershipConflict',
      step: 'CheckCluster',
      object: first.issuerUrl,
      reason: /^another cluster of this deployment owns the issuer/,
      action: /^If both are one cluster, use the name that it has already/,
    })
    expect(await footprint(running, first.name)).toEqual(before)

    const gone = await running.tearDown(`/v1/clusters/${second.name}`)
    expect(gone).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    expect(await footprint(running, first.name)).toEqual(before)
    expect((await running.setUp(first.body())).status).toBe('succeeded')
  })
})

/** The API refuses an issuer that the request names. */
const fromTokens = { 'cluster.issuerUrl': undefined }

/** The request that sends the cluster again under another name, with the same kubeconfig and workload. */
async function secondName({ name, body }: ExistingCluster): Promise<{ readonly name: string; readonly body: unknown }> {
  const second = `${name}-again`
  await running.sandbox.secrets.keep(`${second}/user-cluster`, running.sandbox.kubernetes.kubeconfig(name))
  const credentials = secretArnOf(`${second}/user-cluster`)
  return {
    name: second,
    body: body({ 'cluster.name': second, 'cluster.credentialsSecretArn': credentials, ...fromTokens }),
  }
}
