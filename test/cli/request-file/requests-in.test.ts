import { expect, test } from 'vitest'
import { requestsIn } from '../../../cli/request-file/read.ts'

const named = 'cluster: { name: a }\n'

test('reads several documents of a file, and skips empty ones', () => {
  const found = requestsIn(`# first\n---\n${named}---\n---\ncluster:\n  name: b\n`, 'a.yaml')
  expect(found.map(({ request }) => request.cluster.name)).toEqual(['a', 'b'])
})

test('reads JSON', () => {
  expect(requestsIn('{"cluster": {"name": "a"}}', 'a.json')[0]?.request).toEqual({ cluster: { name: 'a' } })
})

test('reports invalid YAML with its position', () => {
  expect(() => requestsIn(`${named}workloads: [\n`, 'a.yaml')).toThrow(/^a\.yaml:3:1: is not YAML: /)
})

test.for(['- 1\n', 'text\n', 'cluster: a\n', 'workloads: []\n'])('refuses %j as a request', (text) => {
  expect(() => requestsIn(`${named}---\n${text}`, 'a.yaml')).toThrow(
    'a.yaml:3:1: document 2: is not a request for a setup: it needs cluster.name',
  )
})

test('a merge key copies fields of another workload', () => {
  const text = `${named}workloads:\n  - &first { namespace: shop, serviceAccount: a }\n  - <<: *first\n    serviceAccount: b\n`
  expect(requestsIn(text, 'a.yaml')[0]?.request).toMatchObject({
    workloads: [
      { namespace: 'shop', serviceAccount: 'a' },
      { namespace: 'shop', serviceAccount: 'b' },
    ],
  })
})

test('a fault in a file with one document has no document number, and empty documents do not count', () => {
  expect(() => requestsIn(`---\n# nothing\n---\ncluster: a\n`, 'a.yaml')).toThrow(/^a\.yaml:4:1: is not a request/)
})

test.for(['cluster: *missing\n', 'cluster:\n  <<: 5\n  name: a\n'])('reports the alias or merge in %j', (text) => {
  expect(() => requestsIn(text, 'a.yaml')).toThrow(/^a\.yaml: cannot be read: /)
})
