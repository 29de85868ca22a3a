import { expect, test } from 'vitest'
import { requestsIn } from '../../../cli/request-file/read.ts'
import { duplicateClusterErrors } from '../../../cli/request-file/same-cluster.ts'

const a = 'cluster: { name: a }\n'
const b = 'cluster: { name: b }\n'

test('reports a second request for a cluster with both positions, in one file and in two', () => {
  const documents = [...requestsIn(`${a}---\n${b}---\n${a}`, 'x.yaml'), ...requestsIn(b, 'y.yaml')]
  expect(duplicateClusterErrors(documents)).toEqual([
    'x.yaml:5:1: document 3: is a second request for the cluster a; the first is at x.yaml:1:1: document 1. Combine them into one request.',
    'y.yaml:1:1: is a second request for the cluster b; the first is at x.yaml:3:1: document 2. Combine them into one request.',
  ])
})

test('accepts requests for different clusters', () => {
  expect(duplicateClusterErrors(requestsIn(`${a}---\n${b}`, 'x.yaml'))).toEqual([])
})
