import { beforeAll, describe, it } from 'vitest'
import { healing, teardownSteps } from '../../e2e/support/runs/disturbances.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { healed, killed, stopped } from '../support/disturbed-teardowns.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

describe('a teardown that is disturbed in one step ends in the same state', () => {
  it.concurrent.for(healing.flatMap((way) => teardownSteps.map((step) => ({ way, step }))))(
    '$way in $step: in the same teardown',
    ({ way, step }) => healed(running, way, step),
  )

  // RecordTeardown writes the end before it can be killed.
  it.concurrent.for(teardownSteps.filter((step) => step !== 'RecordTeardown'))(
    'killed in %s until all retries have failed: in the next teardown',
    (step) => killed(running, step),
  )

  it.concurrent.for(teardownSteps)('stopped in %s: in the next teardown', (step) => stopped(running, step))
})
