/** Rules for descriptions of steps that their type cannot express. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { steps } from '../../infra/steps.ts'
import { type Right, renewalStates, setupStates, teardownStates } from '../../lambdas/rights/rights.ts'
import { rightsOfStates } from '../support/kubernetes/rights-of-states.ts'

const ofWebhookChange = /Candidate$|^DeleteCsrs$/
const root = path.resolve(import.meta.dirname, '../..')
/**
 * The tests of handlers and their helpers, with their paths. A test has the name of its step, imports the handler, or runs the
 * step by its state on servers. test/support/webhook/webhook-change.ts runs all steps that change an existing webhook.
 */
const tests = globSync(['test/lambdas/**/*.ts', 'test/support/**/*.ts'], { cwd: root }).map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}))

test.each([...steps])('the handler of %s is in a file of that name beside its description', (state, { entry }) => {
  expect(path.basename(entry)).toBe(`${state.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase()}.ts`)
  expect(existsSync(path.join(root, entry))).toBe(true)
})

test.each([...steps])('the description of %s consists of complete sentences', (_, { description }) => {
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

test('the manifests, which grant the rights of setups, teardowns and token renewals, grant every right of a step', () => {
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
