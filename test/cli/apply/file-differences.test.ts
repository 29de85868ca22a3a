import { expect, test } from 'vitest'
import { fileDifferences } from '../../../cli/apply/file-differences.ts'
import { setupRequest } from '../../../cli/request-file/read.ts'
import { fileDifferenceLines } from '../../../cli/view/difference-lines.ts'
import { exampleBody, exampleRequest } from '../../support/api/requests.ts'
import { said } from '../support/lines.ts'

const spec = setupRequest.parse(exampleRequest('existing-cluster'))
const file = (edits = {}) => setupRequest.parse(exampleBody('existing-cluster', edits))

test.each(['setup', 'existing-cluster', 'kubeadm', 'twenty-workloads'] as const)(
  'the file %s has no differences from its normal form, which adds default values',
  (example) => {
    expect(
      fileDifferences(setupRequest.parse(exampleBody(example)), setupRequest.parse(exampleRequest(example))),
    ).toEqual([])
  },
)

test('a field that differs from the spec or is missing there is a difference, with both values', () => {
  const edits = { 'webhook.failurePolicy': 'Fail', 'cluster.proxyUrl': 'http://proxy:3128' }
  expect(fileDifferences(file(edits), spec)).toEqual([
    { field: 'cluster.proxyUrl', file: 'http://proxy:3128' },
    { field: 'webhook.failurePolicy', file: 'Fail', spec: 'Ignore' },
  ])
})

test('workloads are compared by their names, whatever their order', () => {
  const other = { namespace: 'apps', serviceAccount: 'other', role: { policyArns: [] } }
  const [own] = spec.workloads
  const recorded = { ...spec, workloads: [other, ...(own ? [own] : [])] }
  const changed = { 'workloads.0.role.maxSessionSeconds': 3600, 'workloads.1': { ...other, namespace: 'new' } }
  expect(fileDifferences(file(changed), recorded)).toEqual([
    { field: 'workload reports/exporter: role.maxSessionSeconds', file: 3600, spec: 7200 },
    { field: 'workload new/other', onlyIn: 'file' },
    { field: 'workload apps/other', onlyIn: 'spec' },
  ])
})

test('a list is one value, and its order matters', () => {
  const arns = ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B']
  const recorded = setupRequest.parse(exampleBody('existing-cluster', { 'workloads.0.role.policyArns': arns }))
  const filed = file({ 'workloads.0.role.policyArns': arns.toReversed() })
  expect(fileDifferences(filed, recorded)).toMatchObject([{ field: 'workload reports/exporter: role.policyArns' }])
})

test('a list that is longer in the spec is a difference', () => {
  const one = ['arn:aws:iam::aws:policy/A']
  const recorded = setupRequest.parse(
    exampleBody('existing-cluster', { 'workloads.0.role.policyArns': [...one, 'arn:aws:iam::aws:policy/B'] }),
  )
  expect(fileDifferences(file({ 'workloads.0.role.policyArns': one }), recorded)).toHaveLength(1)
})

test('the lines show the file, and both values of each field', () => {
  const lines = fileDifferenceLines('prod.yaml', [
    { field: 'webhook.failurePolicy', file: 'Fail', spec: 'Ignore' },
    { field: 'workload a/b', onlyIn: 'spec' },
  ])
  expect(said(lines).map((line) => line.trim())).toEqual([
    'file      prod.yaml: 2 differences from the recorded spec',
    'webhook.failurePolicy',
    'file: Fail',
    'spec: Ignore',
    'workload a/b: only in the spec',
  ])
  expect(fileDifferenceLines('prod.yaml', [])).toEqual([])
})
