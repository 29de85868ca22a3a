/** Two deployments in one account, each with a different cluster of the same name. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defaultRoleName } from '../../../lambdas/role/name.ts'
import { type ExistingCluster, existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { roleArnOf } from '../../support/aws/roles.ts'
import { deploySecond, secondDeployment } from '../support/second-deployment.ts'

let first: System
let second: System
let close: (() => Promise<void>) | undefined

beforeAll(async () => {
  first = await system()
  const deployed = await deploySecond(first)
  second = deployed.system
  close = deployed.close
}, 240_000)
afterAll(() => close?.())

/** A second cluster, whose name in the second deployment is that of the first deployment's cluster. */
async function namesake(name: string): Promise<{ readonly body: unknown; readonly cluster: ExistingCluster }> {
  const cluster = await existingCluster(first, 'namesake')
  await first.sandbox.secrets.keep(`${name}/second`, first.sandbox.kubernetes.kubeconfig(cluster.name))
  const body = cluster.body({
    'cluster.name': name,
    'cluster.credentialsSecretArn': secretArnOf(`${name}/second`),
    'workloads.0': { namespace: 'default', serviceAccount: 's3-reader', role: { policyArns: [] } },
  })
  return { body, cluster }
}

it('a setup and a teardown in one do not change the role, provider, bucket, cluster and record of the other', async () => {
  const own: OwnCluster = await ownCluster(first, 'shared')
  expect((await first.setUp(own.body())).error).toBeUndefined()
  const made = await footprint(first, own.name)
  const recorded = await recordOf(first, own.name)
  const { body, cluster } = await namesake(own.name)

  // The same request in both deployments names the same bucket.
  expect((await second.setUp(own.body())).error).toMatchObject({ name: 'OwnershipConflict', step: 'CreateBucket' })
  expect((await second.setUp(body)).error).toBeUndefined()
  const role = roleArnOf(own.name, defaultRoleName(secondDeployment, own.name, workload))
  expect(await footprint(first, own.name)).toEqual(expect.arrayContaining(made))
  expect(await recordOf(first, own.name)).toEqual(recorded)
  const ofSecond = { made: await footprint(first, cluster.name), recorded: await recordOf(second, own.name) }
  expect(ofSecond.recorded).toMatchObject({ status: { providerArn: cluster.providerArn } })
  expect(JSON.stringify(ofSecond.recorded)).toContain(role)

  expect(await first.tearDown(`/v1/clusters/${own.name}`)).toMatchObject({
    status: 'succeeded',
    result: { remaining: [] },
  })
  expect(await footprint(first, cluster.name)).toEqual(ofSecond.made)
  expect(await recordOf(second, own.name)).toEqual(ofSecond.recorded)
  await second.clearCalls()
  expect((await second.setUp(body)).error).toBeUndefined()
  expect(await second.writes()).toEqual([])
})

const workload = { namespace: 'default', serviceAccount: 's3-reader' }

/** The spec and the status of a cluster, as the API of a deployment shows them. */
async function recordOf({ api }: System, name: string): Promise<unknown> {
  return (await fetch(`${api}/v1/clusters/${name}`)).json()
}
