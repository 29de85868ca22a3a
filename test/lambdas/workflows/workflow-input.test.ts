import { expect, test } from 'vitest'
import { fitsWorkflow } from '../../../lambdas/workflows/workflow-input.ts'

test('a workflow takes a request of 240 KiB, and no larger one', () => {
  const ofSize = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
  expect([240 * 1024, 240 * 1024 + 1].map((bytes) => fitsWorkflow(ofSize(bytes)))).toEqual([true, false])
  expect(fitsWorkflow({ a: 'ü'.repeat(130 * 1024) })).toBe(false)
})
