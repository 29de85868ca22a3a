/** As narrow-rights.test.ts, on the management cluster. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { requestOf } from '../../../infra/rbac/request.ts'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { description as applyClusterDescription } from '../../../lambdas/cluster/apply-cluster.step.ts'
import * as applyCluster from '../../../lambdas/cluster/apply-cluster.ts'
import { description as checkClusterDescription } from '../../../lambdas/cluster/check-cluster.step.ts'
import * as checkCluster from '../../../lambdas/cluster/check-cluster.ts'
import { managementManifests } from '../../../lambdas/rights/manifests.ts'
import { setupOf } from '../../../lambdas/rights/setup.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { type Clusters, clientOf, startClusters } from '../../support/clusters.ts'
import { exampleBody } from '../../support/requests.ts'
import { eachRight, type Granted, grant, type OneRight, oneByOne, qualified } from '../../support/rights.ts'
import { stepContext } from '../../support/step-context.ts'

const name = 'prod-eu'
const apiVersion = 'multicloud.cluster.gke.io/v1'
const request = requestOf(exampleBody('setup'), 'examples/setup.json')
const withoutSpec = requestOf(
  exampleBody('setup', { 'cluster.spec': undefined, 'cluster.nodePools': undefined, discovery: undefined }),
  'the same without a spec',
)

let aws: AwsAccount
let clusters: Clusters
let management: AnyCluster
let admin: ClusterClient

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  management = await clusters.start('management', { management: true })
  admin = clientOf(management)
})
afterAll(async () => {
  await clusters.end()
  await aws.end()
})

async function granted(of: typeof request): Promise<Granted> {
  const given = await grant(management, managementManifests(setupOf(of)))
  await new SecretKeeper(aws.endpoint).keep(`${name}/management`, given.kubeconfig)
  return given
}

const rightsOf = (of: typeof request) => oneByOne(managementManifests(setupOf(of)))
const context = () => stepContext(name)
const credentials = { credentialsSecretArn: `workload-identity/${name}/management`, namespace: 'default' }

function apply() {
  const { spec, nodePools = [] } = request.cluster
  return applyCluster.run(
    applyClusterDescription.input.parse({ clusterName: name, management: credentials, spec, nodePools, adopt: false }),
    context(),
  )
}

/** The user cluster has no credentials yet: this waits in any case, and tells for what. */
function check() {
  const cluster = {
    name,
    provider: 'gke-on-aws',
    credentialsSecretArn: 'workload-identity/prod-eu/none',
    management: credentials,
  }
  return checkCluster.run(checkClusterDescription.input.parse({ cluster }), context())
}

const run = ({ step }: OneRight) => (step === 'ApplyCluster' ? apply() : check())

function refusal({ rule, resource, verb }: OneRight) {
  return { name: 'AccessDenied', reason: expect.stringContaining(`may not ${verb} ${qualified(rule, resource)} `) }
}

async function removeAll(): Promise<void> {
  for (const pool of request.cluster.nodePools ?? []) {
    await admin.delete({ apiVersion, kind: 'AWSNodePool', name: pool.name, namespace: 'default' })
  }
  await admin.delete({ apiVersion, kind: 'AWSCluster', name, namespace: 'default' })
}

async function makeEvent(): Promise<void> {
  await admin.create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'creating', namespace: 'default' },
    involvedObject: { apiVersion, kind: 'AWSCluster', name, namespace: 'default' },
    type: 'Normal',
    reason: 'CreatingControlPlane',
    message: 'Creating the control plane',
    lastTimestamp: new Date().toISOString(),
  })
}

describe('a setup that makes the cluster', () => {
  const rights = rightsOf(request)
  let given: Granted

  beforeAll(async () => {
    given = await granted(request)
  })

  describe('before it is there', () => {
    beforeEach(removeAll)

    eachRight(
      rights.filter(({ optional }) => !optional),
      'is refused without',
      async (right) => {
        await given.without(right.title)
        await expect(run(right)).rejects.toMatchObject(refusal(right))
        expect(await admin.list({ apiVersion, kind: 'AWSCluster' })).toEqual([])
      },
    )

    it('the step has all that it needs', async () => {
      await given.all()
      expect(await apply()).toMatchObject({ changes: [{ action: 'created' }, { action: 'created' }] })
    })
  })

  describe('while it is waited for', () => {
    beforeAll(async () => {
      await given.all()
      await apply()
      await makeEvent()
    })

    it('its events are told', async () => {
      await given.all()
      expect(await check()).toMatchObject({ waiting: { events: [{ reason: 'CreatingControlPlane' }] } })
    })

    eachRight(
      rights.filter(({ optional }) => optional),
      'goes on, and tells less, without',
      async (right) => {
        await given.without(right.title)
        expect(await check()).toMatchObject({ waiting: { events: [] } })
      },
    )
  })
})

describe('a setup of a cluster that is there', () => {
  let given: Granted

  beforeAll(async () => {
    given = await granted(withoutSpec)
  })

  eachRight(
    rightsOf(withoutSpec).filter(({ optional }) => !optional),
    'is refused without',
    async (right) => {
      await given.without(right.title)
      await expect(run(right)).rejects.toMatchObject(refusal(right))
    },
  )

  it('the step has all that it needs, and nothing more', async () => {
    await given.all()
    expect(await check()).toMatchObject({ waiting: { events: [{ reason: 'CreatingControlPlane' }] } })
    await expect(apply()).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})
