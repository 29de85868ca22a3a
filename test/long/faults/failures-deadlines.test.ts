import { describe, expect, it } from 'vitest'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import { expectFailure } from '../../e2e/support/runs/failure.ts'
import { quickSystem } from '../../e2e/support/runs/quick.ts'

const running = quickSystem()

describe('a deadline', () => {
  it('of the cluster fails the setup with the last reason for waiting, and the next setup succeeds after the fix', async () => {
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
    // The attempts are 5, 10 and then 15 to 17 seconds apart. The last one is at the end of the five minutes.
    const attempts = operation.steps[0]?.attempts
    expect(attempts).toBeGreaterThanOrEqual(20)
    expect(attempts).toBeLessThanOrEqual(22)
    await running.system.sandbox.secrets.keep(`${own.name}/later`, own.cluster.kubeconfig())
    expect((await running.system.setUp(body)).error).toBeUndefined()
  })

  it('of the webhook fails the setup with the reason why its pods are pending, and the next setup succeeds after the fix', async () => {
    const own = await existingCluster(running.system, 'unschedulable')
    own.cluster.isSchedulable = false
    await running.system.sandbox.aws.setWaitScale(0)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'WebhookNotReady',
      step: 'CheckWebhook',
      object: `cluster ${own.name}`,
      reason:
        /^the webhook was not ready by the deadline: Deployment workload-identity-webhook\/pod-identity-webhook: 0 of 2 pods are available; pod pod-identity-webhook-\S+: Unschedulable$/,
      action: /^Fix what the reason names \(kubectl describe shows details\), and send the request again$/,
    })
    own.cluster.isSchedulable = true
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})
