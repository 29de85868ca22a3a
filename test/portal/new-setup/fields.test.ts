import { expect, test } from 'vitest'
import { requestField, type Shape } from '../../../client/request/field.ts'
import { fieldNames } from '../../../portal/src/pages/new-setup/fields.ts'

/** The paths of all fields without subfields, without the indices of lists. */
function leavesOf(shape: Shape, prefix = ''): string[] {
  return Object.entries((shape.items ?? shape).properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const inner = leavesOf(field, `${path}.`)
    return inner.length > 0 ? inner : [path]
  })
}

/** The chosen kind of cluster sets provider and hosting. */
const onlyInYaml = ['cluster.provider', 'discovery.hosting', 'discovery.managementRole']

test('the form has a field for each field of a request, except those that are entered only in YAML', () => {
  const ofObjects = /^cluster\.(spec|nodePools\.spec)\./
  const missing = leavesOf(requestField).filter(
    (path) => !fieldNames.some((name) => name === path) && !ofObjects.test(path),
  )
  expect(missing.toSorted()).toEqual(onlyInYaml.toSorted())
})
