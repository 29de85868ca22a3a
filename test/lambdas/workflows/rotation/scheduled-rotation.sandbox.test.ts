import { expect, test, vi } from 'vitest'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as events from '../../../../lambdas/workflows/rotation/scheduled-rotation.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'

apiAccount()

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/rotations'
const call = (scheduledTime: string) => events.handler({ scheduledTime, schedule }, lambdaContext())
const rotations = async () => (await listOperations({ kind: 'rotation' }, { itemsToRead: 100 })).entries

test('each scheduled time starts one rotation, however often it is called', async () => {
  await call('2026-11-25T06:00:00Z')
  await call('2026-11-25T06:00:00Z')
  expect(await rotations()).toMatchObject([{ kind: 'rotation', status: 'running', requestedBy: schedule }])
  const [first] = await rotations()
  await operations.endOperation({ operationId: first?.operationId ?? '' }, { status: 'succeeded' })
  await call('2026-11-25T06:00:00Z')
  expect(await rotations()).toHaveLength(1)
  await call('2026-11-25T12:00:00Z')
  const [newest] = await rotations()
  expect(await rotations()).toHaveLength(2)
  expect(newest).not.toHaveProperty('cluster')
  expect((await operations.readOperation(newest?.operationId ?? ''))?.request).toEqual({ dryRun: false })
})

test('a time at which another rotation runs is skipped, and the log names the running one', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const before = await rotations()
  expect(before[0]).toMatchObject({ status: 'running' })
  await call('2026-11-25T18:00:00Z')
  expect(await rotations()).toEqual(before)
  const logged = write.mock.calls.map(([line]) => String(line)).find((line) => line.includes('rotation skipped'))
  write.mockRestore()
  expect(logged).toContain(before[0]?.operationId)
})

test('a call without its time starts nothing, and fails, so that it is stored in the queue of failed calls', async () => {
  const before = await rotations()
  await expect(events.handler({ schedule }, lambdaContext())).rejects.toThrow()
  expect(await rotations()).toEqual(before)
})
