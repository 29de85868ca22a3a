import { beforeAll, describe, it } from 'vitest'
import { healing, teardownSteps } from '../e2e/support/runs/disturbances.ts'
import { type System, system } from '../e2e/support/system.ts'
import { healed, killed, stopped } from './support/disturbed-teardowns.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

describe('a teardown that is disturbed in one step comes to the same end', () => {
  it.concurrent.for(healing.flatMap((way) => teardownSteps.map((step) => ({ way, step }))))(
    '$way in $step: in the same teardown',
    ({ way, step }) => healed(running, way, step),
  )

  // What is killed while it records the end has recorded it before.
  it.concurrent.for(teardownSteps.filter((step) => step !== 'RecordTeardown'))(
    'killed in %s until it is given up: in the next teardown',
    (step) => killed(running, step),
  )

  it.concurrent.for(teardownSteps)('stopped in %s: in the next teardown', (step) => stopped(running, step))
})
