import { expect, test } from 'vitest'
import { jsonWatcher, plainWatcher } from '../../../cli/view/watchers.ts'
import { said } from '../support/lines.ts'
import { operationWith, stepWith } from '../support/operations.ts'

const running = stepWith()
const ended = stepWith({ status: 'succeeded', endedAt: '2026-11-25T10:00:01.000Z' })

test('the JSON output repeats a step only when it has changed', () => {
  const documents: object[] = []
  const { show } = jsonWatcher({ json: (document) => documents.push(document) })
  for (const step of [running, running, ended]) show(operationWith({ steps: [step] }))
  expect(documents).toEqual(
    [running, ended].map((step) => ({
      type: 'step',
      operationId: operationWith().operationId,
      cluster: 'prod-eu',
      step,
    })),
  )
})

test('without a terminal, prints each line once', () => {
  const printed: string[] = []
  const { show } = plainWatcher({ print: (lines) => printed.push(...said(lines)) })
  for (const step of [running, ended, ended]) show(operationWith({ steps: [step] }))
  expect(printed).toEqual(['  ✔ CreateRole  1.0 s'])
})
