import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stopExecution } from '../../e2e/support/aws-clients.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { withDefinition } from '../../e2e/support/definition.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { expectFailure, expectNoSecret } from '../../e2e/support/runs/failure.ts'
import { quickSystem } from '../../e2e/support/runs/quick.ts'

const running = quickSystem()

const isWaitingForCluster = ({ steps }: OperationAnswer) =>
  steps.some(({ state, status }) => state === 'CheckCluster' && status === 'waiting')

/** The first wait for the cluster outlasts the timeout of the execution, so that no step runs at the timeout. */
function outOfTimeWhileWaiting(definition: string): string {
  const waitingLong = JSON.parse(definition, (name, value) =>
    name === 'WaitForCluster' ? { ...value, Seconds: 3000 } : value,
  )
  return JSON.stringify({ ...waitingLong, TimeoutSeconds: 6 })
}

describe('a setup that waits for a cluster that never becomes ready', () => {
  let own: OwnCluster

  beforeEach(async () => {
    own = await ownCluster(running.system, 'not-coming')
    running.system.sandbox.kubernetes.provisioningMs = Number.POSITIVE_INFINITY
  })
  afterEach(() => {
    running.system.sandbox.kubernetes.provisioningMs = 100
  })

  async function expectNextSetupSucceeds(): Promise<void> {
    running.system.sandbox.kubernetes.provisioningMs = 100
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  }

  it('can be cancelled: the cluster is unlocked immediately, and the next setup succeeds', async () => {
    const location = await running.system.start(own.body())
    await running.system.until(location, isWaitingForCluster)
    const response = await fetch(`${running.system.api}${location}/cancel`, { method: 'POST' })
    expect([response.status, await response.json()]).toMatchObject([200, { status: 'cancelled' }])
    const operation = await running.system.observe(location)
    expect(operation).toMatchObject({
      status: 'cancelled',
      error: {
        name: 'Cancelled',
        object: `cluster ${own.name}`,
        reason: `the operation was stopped: cancelled by ${operation.requestedBy}`,
        action: 'Send the request again to continue; created objects remain',
      },
    })
    expectNoSecret(running.system, operation)
    await expectNextSetupSucceeds()
  })

  it('is recorded as cancelled when another user stops its execution', async () => {
    const location = await running.system.start(own.body())
    const { operationId } = await running.system.until(location, isWaitingForCluster)
    await stopExecution(running.system, operationId)
    expect(await running.system.ended(location)).toMatchObject({
      status: 'cancelled',
      error: {
        name: 'Cancelled',
        object: `cluster ${own.name}`,
        reason: expect.stringMatching(/^the operation was stopped/),
      },
    })
    await running.system.untilFree(own.name)
    await expectNextSetupSucceeds()
  })

  it('is recorded as failed, with the reason for waiting, when its execution times out', async () => {
    const location = await withDefinition(running.system, outOfTimeWhileWaiting, () => running.system.start(own.body()))
    expectFailure(running.system, await running.system.ended(location), {
      name: 'States.Timeout',
      step: 'CheckCluster',
      object: `cluster ${own.name}`,
      reason: new RegExp(
        `^the workflow ended with States\\.Timeout while it was waiting: .*has not given AWSCluster default/${own.name} its ID`,
      ),
      action: /^Send the request again; if the error persists, look at the logs/,
    })
    await expectNextSetupSucceeds()
  })
})

describe('a failure that no Catch of the workflow handles', () => {
  it('is recorded, and the next setup succeeds', async () => {
    const own = await existingCluster(running.system, 'too-large')
    // The output exceeds the limit of a state. States.ALL does not match that error.
    const tooLarge = { Type: 'Pass', Output: "{% $pad('', 300000, 'x') %}", Next: 'Setup' }
    const location = await withDefinition(
      running.system,
      (text) => {
        const definition = JSON.parse(text)
        return JSON.stringify({
          ...definition,
          StartAt: 'TooLarge',
          States: { ...definition.States, TooLarge: tooLarge },
        })
      },
      () => running.system.start(own.body()),
    )
    const operation = await running.system.ended(location)
    expect(operation).toMatchObject({
      status: 'failed',
      steps: [],
      error: {
        name: 'States.DataLimitExceeded',
        object: `cluster ${own.name}`,
        reason: 'the workflow ended with States.DataLimitExceeded',
        action: expect.stringMatching(/^Send the request again; if the error persists, look at the logs/),
      },
    })
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})
