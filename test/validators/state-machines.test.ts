/** Runs asl-validator and AWS's language service, which find different faults, on each deployed state machine. */
import { createRequire } from 'node:module'
import { getLanguageService, TextDocument } from 'amazon-states-language-service'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { definitionText, workflowNames } from '../support/workflows/definitions.ts'

const validate = z
  .custom<(definition: unknown) => unknown>((value) => typeof value === 'function')
  .parse(createRequire(import.meta.url)('asl-validator'))

async function diagnostics(text: string) {
  const service = getLanguageService({})
  const document = TextDocument.create('file:///machine.asl.json', 'asl', 1, text)
  return service.doValidation(document, service.parseJSONDocument(document))
}

describe.each(workflowNames)('%s', (workflow) => {
  const text = definitionText(workflow)

  test('asl-validator finds no fault', () => {
    expect(validate(JSON.parse(text))).toMatchObject({ isValid: true, errors: [] })
  })

  test("AWS's language service finds no fault", async () => {
    expect(await diagnostics(text)).toEqual([])
  })
})

test('both find a missing next state', async () => {
  const machine = JSON.stringify({ StartAt: 'One', States: { One: { Type: 'Pass', Next: 'Two' } } })
  expect(validate(JSON.parse(machine))).toMatchObject({ isValid: false })
  expect(await diagnostics(machine)).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('"Next"') }),
  )
})
