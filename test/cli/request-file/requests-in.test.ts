import { expect, test } from 'vitest'
import { requestsIn } from '../../../cli/request-file/read.ts'

const named = 'cluster: { name: a }\n'

test('a file has several documents, and those without content are left out', () => {
  const found = requestsIn(`# first\n---\n${named}---\n---\ncluster:\n  name: b\n`, 'a.yaml')
  expect(found.map(({ request }) => request.cluster.name)).toEqual(['a', 'b'])
})

test('JSON is YAML', () => {
  expect(requestsIn('{"cluster": {"name": "a"}}', 'a.json')[0]?.request).toEqual({ cluster: { name: 'a' } })
})

test('what is not YAML is told with its place', () => {
  expect(() => requestsIn(`${named}workloads: [\n`, 'a.yaml')).toThrow(/^a\.yaml:3:1: is not YAML: /)
})

test.for(['- 1\n', 'text\n', 'cluster: a\n', 'workloads: []\n'])('%j is no request', (text) => {
  expect(() => requestsIn(`${named}---\n${text}`, 'a.yaml')).toThrow(
    'a.yaml:3:1: document 2: is no request for a setup: it needs cluster.name',
  )
})

test('a workload takes fields of another one by a merge key', () => {
  const text = `${named}workloads:\n  - &first { namespace: shop, serviceAccount: a }\n  - <<: *first\n    serviceAccount: b\n`
  expect(requestsIn(text, 'a.yaml')[0]?.request).toMatchObject({
    workloads: [
      { namespace: 'shop', serviceAccount: 'a' },
      { namespace: 'shop', serviceAccount: 'b' },
    ],
  })
})

test('a fault in a file with one document has its place alone, and empty documents are not counted', () => {
  expect(() => requestsIn(`---\n# nothing\n---\ncluster: a\n`, 'a.yaml')).toThrow(/^a\.yaml:4:1: is no request/)
})
