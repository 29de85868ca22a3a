import { expect, test } from 'vitest'
import { changedValues, fieldsOf, goneNames } from './changed.ts'

test('a gone name is reported with its list, and a new one is not', () => {
  const published = { outputs: ['ApiUrl', 'TableName'], 'exit codes': ['0 done'] }
  expect(goneNames(published, { outputs: ['ApiUrl', 'Version'], 'exit codes': ['0 done'] })).toEqual([
    'outputs: "TableName" is gone',
  ])
  expect(goneNames(published, { outputs: ['ApiUrl', 'TableName'] })).toEqual(['exit codes: "0 done" is gone'])
})

test('a field of a document that goes or gets another type is a gone name', () => {
  const published = { documents: fieldsOf({ requests: [{ file: 'a', code: 0 }] }) }
  expect(published.documents).toContain('requests[].code: number')
  const present = { documents: fieldsOf({ requests: [{ code: '0', seconds: 1 }] }) }
  expect(goneNames(published, present)).toEqual([
    'documents: "requests[].file: string" is gone',
    'documents: "requests[].code: number" is gone',
  ])
})

test('the entries of a list have the fields of all of them', () => {
  expect(fieldsOf({ list: [{ a: 1 }, { a: 2, b: {} }] })).toEqual([
    'list: array',
    'list[]: object',
    'list[].a: number',
    'list[].b: object',
  ])
})

test('a changed or gone value is reported with its path, and a new field is not', () => {
  const published = { cluster: { name: 'a' }, workloads: [{ role: 'r' }] }
  expect(changedValues(published, { cluster: { name: 'a', more: 1 }, workloads: [{ role: 'r' }], new: 1 })).toEqual([])
  expect(changedValues(published, { cluster: {}, workloads: [{ role: 's' }] })).toEqual([
    'cluster.name: "a" has become nothing',
    'workloads[0].role: "r" has become "s"',
  ])
  expect(changedValues({ list: [1] }, { list: [1, 2] })).toEqual(['list: [1] has become [1,2]'])
})
