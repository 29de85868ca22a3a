import fc from 'fast-check'
import { expect, test } from 'vitest'
import { int, listBy, map, obj, set, str } from '../../../../sandbox/kubernetes/kinds/schema.ts'
import { applyConfiguration } from '../../../../sandbox/kubernetes/objects/apply.ts'
import { displayPath, fieldsOf, fromFieldsV1, toFieldsV1 } from '../../../../sandbox/kubernetes/objects/field-paths.ts'

const schema = obj({
  labels: map(),
  tags: set(),
  items: listBy(['port', 'protocol'], obj({ port: int(), protocol: str('TCP'), note: str(), env: map() })),
})

const words = fc.constantFrom('a', 'b', 'c/d', 'e.f', '')
const item = fc.record({ port: fc.nat(3), note: words, env: fc.dictionary(words, words) }, { requiredKeys: ['port'] })
const objects = fc.record(
  {
    labels: fc.dictionary(words, words),
    tags: fc.uniqueArray(words),
    items: fc.uniqueArray(item, { selector: ({ port }) => port }),
  },
  { requiredKeys: [] },
)

test('fieldsV1 round-trips a set of fields', () => {
  fc.assert(
    fc.property(objects, (object) => {
      const fields = new Set(fieldsOf(object, schema).keys())
      expect(fromFieldsV1(toFieldsV1(fields))).toEqual(fields)
    }),
  )
})

test('applying the same configuration twice changes nothing the second time', () => {
  fc.assert(
    fc.property(objects, objects, (before, wanted) => {
      const options = { writer: { manager: 'm', apiVersion: 'v1' }, force: false }
      const first = applyConfiguration(structuredClone(before), wanted, schema, { ...options, entries: [] })
      const second = applyConfiguration(first.object, wanted, schema, { ...options, entries: first.managedFields })
      expect(second).toEqual(first)
    }),
  )
})

test('fields that a manager applies and then drops leave the object as the other managers set it', () => {
  fc.assert(
    fc.property(objects, objects, (theirs, ours) => {
      const as = (manager: string, force = true) => ({ writer: { manager, apiVersion: 'v1' }, force })
      const first = applyConfiguration(undefined, ours, schema, { ...as('ours'), entries: [] })
      const both = applyConfiguration(first.object, theirs, schema, { ...as('theirs'), entries: first.managedFields })
      const alone = applyConfiguration(both.object, {}, schema, { ...as('ours'), entries: both.managedFields })
      const values = (object: object) => Object.fromEntries(fieldsOf(object, schema))
      expect(values(alone.object)).toEqual(values(theirs))
    }),
  )
})

test('paths have the notation of conflict messages', () => {
  const shown = [...fieldsOf({ tags: ['x'], items: [{ port: 1, note: 'n' }] }, schema).keys()].map(displayPath)
  expect(shown).toEqual([
    '.tags[="x"]',
    '.items[port=1,protocol="TCP"]',
    '.items[port=1,protocol="TCP"].port',
    '.items[port=1,protocol="TCP"].note',
  ])
})
