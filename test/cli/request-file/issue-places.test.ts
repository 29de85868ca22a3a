import fc from 'fast-check'
import { expect, test } from 'vitest'
import { issueAt } from '../../../cli/request-file/issue-places.ts'
import { requestsIn } from '../../../cli/request-file/read.ts'
import { segmentsOf } from '../../../client/pointer.ts'

const text = `# a setup
cluster:
  name: prod
  "a/b": 1
---
cluster: { name: dev }
workloads:
  - namespace: default
    role:
      policyArn: x
`

function placeOf(document: number, pointer: string): string {
  const found = requestsIn(text, 'a.yaml')[document]
  if (!found) throw new Error('there is no such document')
  return issueAt({ path: 'field', pointer, message: 'is wrong' }, found)
}

test.for([
  [0, '#/cluster/name', '3:3'],
  [0, '#/cluster/a~1b', '4:3'],
  [1, '#/cluster/name', '6:12'],
  [1, '#/workloads/0', '8:5'],
  [1, '#/workloads/0/role/policyArn', '10:7'],
] as const)('the position of a fault in document %i at %s is %s', ([document, pointer, place]) => {
  expect(placeOf(document, pointer)).toBe(`a.yaml:${place}: document ${document + 1}: field is wrong`)
})

test('reports a missing field at the position of its parent', () => {
  expect(placeOf(1, '#/workloads/0/role/name')).toBe('a.yaml:9:5: document 2: field is wrong')
  expect(placeOf(1, '#/workloads/7/role')).toBe('a.yaml:7:1: document 2: field is wrong')
})

test('reports a fault of the entire request at its start', () => {
  expect(placeOf(0, '#')).toMatch(/^a\.yaml:2:1: /)
})

test('a pointer round-trips its parts', () => {
  const pointerOf = (parts: string[]) =>
    `#${parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
      expect(segmentsOf(pointerOf(parts))).toEqual(parts)
    }),
  )
})
