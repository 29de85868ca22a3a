/** What is synthesized is what was written out before, but for comments. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { definitionOf } from '../../infra/definition/definition.ts'
import { stepFunctions } from '../../infra/functions.ts'
import { workflowNames } from '../support/definitions.ts'

test.each(workflowNames)('%s', (workflow) => {
  const before = readFileSync(new URL(`../../statemachine/${workflow}.asl.json`, import.meta.url), 'utf8')
  const now = JSON.stringify(definitionOf(workflow, new Map(Object.entries(stepFunctions))))
  expect(withoutComments(now)).toEqual(withoutComments(before))
})

function withoutComments(definition: string): unknown {
  return JSON.parse(definition, (key, value) => (key === 'Comment' ? undefined : value))
}
