import { expect } from 'vitest'
import { secretValues } from '../clusters/secrets.ts'
import type { OperationAnswer } from '../operation.ts'
import type { System } from '../system.ts'

/** What the person on call has to find in a failed operation. */
export interface ExpectedFailure {
  /** The error's class, or the state machine's own error. */
  readonly name: string
  readonly step: string
  /** `namespace/account` where a step runs once for each workload. */
  readonly item?: string
  /** Exactly. */
  readonly object: string
  readonly reason: RegExp
  readonly action: RegExp
}

/** The operation has failed at this step, in words that a person can act on and that give no secret away. */
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

/** What is left of a template whose value was missing, and a full stop, which the reader adds. */
function expectSentence(text: string): void {
  expect(text).toMatch(/\w+ \w+/)
  expect(text).not.toMatch(/undefined|null|NaN|\[object|\.$/)
}

export function expectNoSecret(system: System, operation: OperationAnswer): void {
  const text = JSON.stringify(operation)
  for (const secret of secretValues(system)) expect(text.includes(secret)).toBe(false)
  expect(text).not.toMatch(/eyJ[\w-]+\.|-----BEGIN|AKIA|ASIA|planted-secret/)
}
