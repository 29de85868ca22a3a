import { expect } from 'vitest'
import { secretValues } from '../clusters/secrets.ts'
import type { OperationAnswer } from '../operation.ts'
import type { System } from '../system.ts'

/** The error that a failed operation must have. */
export interface ExpectedFailure {
  /** The error's class, or the state machine's own error. */
  readonly name: string
  readonly step: string
  /** `namespace/account` where a step runs once for each workload. */
  readonly item?: string
  readonly object: string
  readonly reason: RegExp
  readonly action: RegExp
}

/** The operation has failed in this step, with a readable reason and action, and without secrets. */
export function expectFailure(system: System, operation: OperationAnswer, expected: ExpectedFailure): void {
  const { name, step, item, object, reason, action } = expected
  expect(operation).toMatchObject({
    status: 'failed',
    error: { name, step, object, reason: expect.stringMatching(reason), action: expect.stringMatching(action) },
  })
  expect(operation.error?.item).toBe(item)
  const { error } = operation
  expectSentence(`${error?.reason}`)
  expectSentence(`${error?.action}`)
  expect(error?.action).toMatch(/^[A-Z]/)
  expectNoSecret(system, operation)
}

/** The text has no trace of a missing value, and no full stop, which the consumer adds. */
function expectSentence(text: string): void {
  expect(text).toMatch(/\w+ \w+/)
  expect(text).not.toMatch(/undefined|null|NaN|\[object|\.$/)
}

export function expectNoSecret(system: System, operation: OperationAnswer): void {
  const text = JSON.stringify(operation)
  for (const secret of secretValues(system)) expect(text.includes(secret)).toBe(false)
  expect(text).not.toMatch(/eyJ[\w-]+\.|-----BEGIN|AKIA|ASIA|planted-secret/)
}
