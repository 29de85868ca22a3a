import { afterEach, describe, expect, it } from 'vitest'
import { existingCluster } from '../e2e/support/existing-cluster.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import { secretArnOf } from '../e2e/support/secrets.ts'

const running = quickSystem()
const bastion = 'bastion.anthos.internal:8118'
const managementServer = 'management.anthos.internal:443'

describe('the way to the management cluster', () => {
  afterEach(mendWay)

  it('fails the setup when the egress proxy does not get to the bastion, until it does', async () => {
    const own = await ownCluster(running.system, 'no-bastion')
    const { sandbox } = running.system
    sandbox.proxy.unroute(bastion)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'Unreachable',
      step: 'ObserveCluster',
      object: bastion,
      reason: new RegExp(`^the proxy ${new URL(sandbox.proxy.url).host} answered 403 to CONNECT$`),
      action: /^Let the proxy connect to this host and port, and check that the host is up$/,
    })
    mendWay()
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('fails the setup when the bastion does not get to the API server, until it does', async () => {
    const own = await ownCluster(running.system, 'no-server')
    const { sandbox } = running.system
    // Nothing listens on the discard port.
    sandbox.bastion.route(managementServer, 9)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'Unreachable',
      step: 'ObserveCluster',
      object: managementServer,
      reason: new RegExp(`^the proxy ${bastion} answered 502 to CONNECT$`),
      action: /^Let the proxy connect to this host and port, and check that the host is up$/,
    })
    mendWay()
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

/** As the sandbox makes it. */
function mendWay(): void {
  const { proxy, bastion: server, kubernetes } = running.system.sandbox
  proxy.route(bastion, Number(new URL(server.url).port))
  server.route(managementServer, kubernetes.management.port)
}

describe('a management cluster', () => {
  it('fails the setup when it does not have the AWSCluster type, until the credentials are those of the right one', async () => {
    const { kubernetes, secrets } = running.system.sandbox
    const own = await ownCluster(running.system, 'no-crd')
    const other = await existingCluster(running.system, 'no-crd')
    await secrets.keep(`${own.name}/management`, other.cluster.kubeconfig())
    const body = own.body({ 'cluster.management.proxyUrl': undefined })
    expectFailure(running.system, await running.system.setUp(body), {
      name: 'MissingResourceType',
      step: 'ObserveCluster',
      object: 'AWSCluster (multicloud.cluster.gke.io/v1)',
      reason: new RegExp(`^the API server of cluster ${own.name} \\(management\\) does not have this resource type$`),
      action: /^Check that the credentials are those of the right cluster, and install its definition there if it is$/,
    })
    await secrets.keep(`${own.name}/management`, kubernetes.kubeconfig('management'))
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

describe('an action that an API server refuses', () => {
  afterEach(() => running.system.sandbox.kubernetes.management.faults.clear())

  it('fails the setup on the management cluster with the verb, the resource and the credentials', async () => {
    const own = await ownCluster(running.system, 'no-apply')
    const { faults } = running.system.sandbox.kubernetes.management
    faults.add({ kind: 'refuse', operation: `PATCH *awsclusters/${own.name}*`, times: 1 })
    const secret = secretArnOf(`${own.name}/management`)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'AccessDenied',
      step: 'ApplyCluster',
      object: `AWSCluster default/${own.name}`,
      reason: new RegExp(
        `^the credentials of ${secret} may not patch awsclusters.multicloud.cluster.gke.io on cluster ${own.name} \\(management\\)$`,
      ),
      action: /^Allow (create and )?patch on awsclusters\.multicloud\.cluster\.gke\.io by a Role or ClusterRole/,
    })
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('fails the setup on the user cluster with the workload that is not bound', async () => {
    const own = await existingCluster(running.system, 'no-bind')
    own.cluster.faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/exporter*', times: 1 })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'AccessDenied',
      step: 'BindKsa',
      item: 'reports/exporter',
      object: 'ServiceAccount reports/exporter',
      reason: new RegExp(`^the credentials of ${own.secretArn} may not patch serviceaccounts on cluster ${own.name}$`),
      action: /^Allow (create and )?patch on serviceaccounts by a Role or ClusterRole/,
    })
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

describe('a deadline', () => {
  it('of the cluster fails the setup with the last reason for waiting, until what it asks for is done', async () => {
    const own = await existingCluster(running.system, 'deadline')
    const later = secretArnOf(`${own.name}/later`)
    const body = own.body({ 'cluster.credentialsSecretArn': later, 'cluster.readyTimeoutMinutes': 5 })
    const operation = await running.system.setUp(body)
    expectFailure(running.system, operation, {
      name: 'ClusterNotReady',
      step: 'CheckCluster',
      object: `cluster ${own.name}`,
      reason: new RegExp(
        `^the cluster was not ready by the deadline: put the kubeconfig of cluster ${own.name} into secret ${later}$`,
      ),
      action: /^Do what the reason asks for, and send the request again$/,
    })
    // 5, 10 and then 15 to 17 seconds between two attempts, and a last one at the end of the five minutes.
    const attempts = operation.steps[0]?.attempts
    expect(attempts).toBeGreaterThanOrEqual(20)
    expect(attempts).toBeLessThanOrEqual(22)
    await running.system.sandbox.secrets.keep(`${own.name}/later`, own.cluster.kubeconfig())
    expect((await running.system.setUp(body)).error).toBeUndefined()
  })

  it('of the webhook fails the setup with what keeps its pods, until they get a node', async () => {
    const own = await existingCluster(running.system, 'unschedulable')
    own.cluster.isSchedulable = false
    await running.system.sandbox.aws.setWaitScale(0)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'WebhookNotReady',
      step: 'CheckWebhook',
      object: `cluster ${own.name}`,
      reason:
        /^the webhook was not ready by the deadline: Deployment workload-identity-webhook\/pod-identity-webhook: 0 of 2 pods are available; pod pod-identity-webhook-\S+: Unschedulable$/,
      action: /^Fix what the reason names \(kubectl describe shows more of it\), and send the request again$/,
    })
    own.cluster.isSchedulable = true
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})
