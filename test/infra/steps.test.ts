/** What a description of a step cannot be made to say by its type. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { steps } from '../../infra/steps.ts'
import { type Right, renewalStates, setupStates, teardownStates } from '../../lambdas/rights/rights.ts'
import { rightsOfStates } from '../support/kubernetes/rights-of-states.ts'

const ofWebhookChange = /Candidate$|^DeleteRequests$/
const root = path.resolve(import.meta.dirname, '../..')
/**
 * The tests of handlers and what they share, with their paths. A test is named after its step, imports the handler, or
 * runs the step by its state on servers. test/support/webhook/webhook-change.ts runs all steps that change a webhook in use.
 */
const tests = globSync(['test/lambdas/**/*.ts', 'test/support/**/*.ts'], { cwd: root }).map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}))

test.each([...steps])('%s lies in files of its name, a handler beside its description', (state, { entry }) => {
  expect(path.basename(entry)).toBe(`${state.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase()}.ts`)
  expect(existsSync(path.join(root, entry))).toBe(true)
})

test.each([...steps])('%s says what it does in whole sentences', (_, { description }) => {
  const { does, leavesAlone } = description
  for (const sentence of leavesAlone === undefined ? [does] : [does, leavesAlone])
    expect(sentence).toMatch(/^[A-Z].*\.$/)
})

test.each([...steps])('%s has a test', (state, { entry }) => {
  const name = path.basename(entry, '.ts')
  const isTested =
    ofWebhookChange.test(state) ||
    tests.some(
      ({ file, text }) =>
        file.includes(`/${name}.`) ||
        text.includes(`/${name}.ts'`) ||
        (/\.(aws|kubernetes|sandbox)\.test\.ts$/.test(file) && text.includes(`'${state}'`)),
    )
  expect(isTested, `add ${name}.*.test.ts to the folder of test/lambdas that mirrors the step's`).toBe(true)
})

test('every right of a step is one that a setup, a teardown or the renewal of a token has, so that a manifest grants it', () => {
  const granted = new Set(rightsOfStates([...setupStates, ...teardownStates, ...renewalStates]).flatMap(partsOf))
  expect(
    rightsOfStates([...steps.keys()])
      .flatMap(partsOf)
      .filter((part) => !granted.has(part)),
  ).toEqual([])
})

/** One text for each resource and verb. */
function partsOf({ place, apiGroup, resources, names, verbs }: Right): string[] {
  const of = names === undefined ? '' : ` ${names}`
  return resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${apiGroup}${of} in ${place}`))
}
