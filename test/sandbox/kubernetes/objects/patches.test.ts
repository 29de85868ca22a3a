import { expect, test } from 'vitest'
import { list, listBy, obj, set, str } from '../../../../sandbox/kubernetes/kinds/schema.ts'
import { jsonPatch, mergePatch, strategicMergePatch } from '../../../../sandbox/kubernetes/objects/patches.ts'

test('the operations of a JSON patch follow RFC 6902', () => {
  const target = { a: { 'x/y': 1 }, list: [1, 2] }
  const patch = [
    { op: 'test', path: '/a/x~1y', value: 1 },
    { op: 'add', path: '/list/1', value: 9 },
    { op: 'add', path: '/list/-', value: 3 },
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'move', from: '/a/x~1y', path: '/moved' },
    { op: 'replace', path: '/b/x~1y', value: 2 },
    { op: 'remove', path: '/list/0' },
  ]
  expect(jsonPatch(target, patch)).toEqual({ a: {}, b: { 'x/y': 2 }, moved: 1, list: [9, 2, 3] })
  expect(target).toEqual({ a: { 'x/y': 1 }, list: [1, 2] })
})

test('a JSON patch that cannot be applied is refused', () => {
  for (const operation of [
    { op: 'remove', path: '/missing' },
    { op: 'replace', path: '/missing', value: 1 },
    { op: 'add', path: '/missing/child', value: 1 },
    { op: 'add', path: '/list/7', value: 1 },
    { op: 'test', path: '/list', value: [] },
    { op: 'explode', path: '/list' },
  ]) {
    expect(() => jsonPatch({ list: [1] }, [operation])).toThrow()
  }
})

test('a merge patch removes null fields and replaces lists', () => {
  expect(mergePatch({ a: 1, b: { c: 1, d: 1 }, l: [1, 2] }, { a: null, b: { c: 2 }, l: [3] })).toEqual({
    b: { c: 2, d: 1 },
    l: [3],
  })
})

test('a strategic merge patch merges keyed lists and honours its directives', () => {
  const schema = obj({ items: listBy(['name'], obj({ name: str(), value: str() })), plain: list(str()) })
  const target = {
    items: [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ],
    plain: ['x'],
  }
  const patch = { items: [{ name: 'a', value: '3' }, { name: 'b', $patch: 'delete' }, { name: 'c' }], plain: ['y'] }
  expect(strategicMergePatch(target, patch, schema)).toEqual({
    items: [{ name: 'a', value: '3' }, { name: 'c' }],
    plain: ['y'],
  })
})

test('directives of a strategic merge patch set the order of a list, delete values and retain keys', () => {
  const schema = obj({
    items: listBy(['name'], obj({ name: str() })),
    values: set(),
    either: obj({ a: str(), b: str() }),
  })
  const target = {
    items: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    values: ['x', 'y'],
    either: { a: '1', b: '2' },
  }
  const patch = {
    '$setElementOrder/items': [{ name: 'c' }, { name: 'd' }, { name: 'a' }],
    items: [{ name: 'd' }],
    '$deleteFromPrimitiveList/values': ['x'],
    either: { $retainKeys: ['b'], b: '3' },
  }
  expect(strategicMergePatch(target, patch, schema)).toEqual({
    items: [{ name: 'c' }, { name: 'd' }, { name: 'b' }, { name: 'a' }],
    values: ['y'],
    either: { b: '3' },
  })
})
