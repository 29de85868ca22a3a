import { beforeAll, describe, expect, it } from 'vitest'
import { ownCluster } from '../../e2e/support/requests.ts'
import { expectConverged, setUpDespite, setUpThrough } from '../../e2e/support/runs/crashes.ts'
import { ending, healing, steps } from '../../e2e/support/runs/disturbances.ts'
import { type EndState, endState } from '../../e2e/support/runs/end-state.ts'
import { type System, system } from '../../e2e/support/system.ts'
import type { Example } from '../../support/api/requests.ts'

/** The steps that differ where the webhook has a certificate of ours. */
const ownCaSteps: readonly string[] = ['DeployWebhook', 'CheckWebhook', 'ActivateWebhook']
const cases = [
  ...steps.map((step) => ({ step, example: 'csr-cluster' as const })),
  ...ownCaSteps.map((step) => ({ step, example: 'setup' as const })),
]

describe('a setup that is disturbed in one step ends in the same state', () => {
  let running: System
  const undisturbed = new Map<Example, EndState>()

  beforeAll(async () => {
    running = await system()
    for (const example of ['setup', 'csr-cluster'] as const) {
      const cluster = await ownCluster(running, 'undisturbed', example)
      expect((await running.setUp(cluster.body())).status).toBe('succeeded')
      undisturbed.set(example, await endState(running, cluster.name))
    }
  })

  it.concurrent.for(healing.flatMap((way) => cases.map((each) => ({ way, ...each }))))(
    '$way in $step of the example $example: in the same setup',
    async ({ way, step, example }) => {
      const cluster = await ownCluster(running, 'healing', example)
      await setUpThrough(running, cluster, { way, steps: [step] })
      await expectConverged(running, cluster, undisturbed.get(example) ?? [])
    },
  )

  it.concurrent.for(ending.flatMap((way) => cases.map((each) => ({ way, ...each }))))(
    '$way in $step of the example $example: in the next setup',
    async ({ way, step, example }) => {
      const cluster = await ownCluster(running, 'ending', example)
      await setUpDespite(running, cluster, { way, step })
      await expectConverged(running, cluster, undisturbed.get(example) ?? [])
    },
  )
})
