/** What editors check requests by, and the examples that people start from. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import schema from '../../../client/setup.schema.json' with { type: 'json' }
import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { deployment, type Edits, exampleBody } from '../../support/api/requests.ts'

const folder = path.resolve(import.meta.dirname, '../../../examples')
const files = readdirSync(folder)
const inYaml = files.filter((file) => file.endsWith('.yaml'))

// Strict: an unknown keyword is a mistake of the schema itself. The choices of anyOf name fields that are described beside them.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
const validate = ajv.compile(schema)

function textOf(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8')
}

test('each kind of cluster has an example in YAML', () => {
  expect(inYaml.toSorted()).toEqual([
    'anthos-on-aws.yaml',
    'anthos-there-already.yaml',
    'k3s.yaml',
    'kubeadm.yaml',
    'public-issuer.yaml',
  ])
})

test.for(files)('the schema and the API take examples/%s', (file) => {
  const body: unknown = parse(textOf(file))
  validate(body)
  expect(validate.errors).toBeNull()
  const parsed = parseSetupRequest(body, deployment)
  expect(parsed.ok ? [] : parsed.issues).toEqual([])
})

test.for(inYaml)('the first line of examples/%s leads editors to the schema', (file) => {
  const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(textOf(file)) ?? []
  const found: unknown = JSON.parse(readFileSync(path.join(folder, reference), 'utf8'))
  expect(found).toEqual(schema)
})

test('the schema takes as many workloads, and as many policies of each, as the API', () => {
  const withLists = (workloads: number, policies: number) => {
    const policyArns = Array.from({ length: policies }, (_, index) => `arn:aws:iam::aws:policy/AmazonS3Policy${index}`)
    const workload = (_: unknown, index: number) => ({
      ...{ namespace: 'default', serviceAccount: `reader-${index}` },
      role: { policyArns },
    })
    return exampleBody('setup', { workloads: Array.from({ length: workloads }, workload) })
  }
  const isTaken = (request: unknown) => ({
    bySchema: validate(request),
    byApi: parseSetupRequest(request, deployment).ok,
  })
  expect(isTaken(withLists(400, 1))).toEqual({ bySchema: true, byApi: true })
  expect(isTaken(withLists(401, 1))).toEqual({ bySchema: false, byApi: false })
  expect(isTaken(withLists(1, 10))).toEqual({ bySchema: true, byApi: true })
  expect(isTaken(withLists(1, 11))).toEqual({ bySchema: false, byApi: false })
})

test.for<[mistake: string, edits: Edits, at: string]>([
  ['a misspelt field', { 'cluster.credentialSecretArn': 'x' }, '/cluster'],
  ['a missing field', { 'cluster.credentialsSecretArn': undefined }, '/cluster'],
  ['a name in capitals', { 'cluster.name': 'Prod_EU' }, '/cluster/name'],
  ['a provider that is not known', { 'cluster.provider': 'kubeadm' }, '/cluster/provider'],
  ['a secret by its name', { 'cluster.credentialsSecretArn': 'prod/kubeconfig' }, '/cluster/credentialsSecretArn'],
  ['a number as a text', { 'workloads.0.role.maxSessionSeconds': '3600' }, '/workloads/0/role/maxSessionSeconds'],
  ['a policy by its name', { 'workloads.0.role.policyArns': ['AmazonS3FullAccess'] }, '/workloads/0/role/policyArns/0'],
  ['a role without a policy', { 'workloads.0.role': {} }, '/workloads/0/role'],
  ['no list of workloads', { workloads: undefined }, ''],
  ['a bucket for an issuer that the deployment hosts', { 'discovery.bucket': 'my-bucket' }, '/discovery'],
  ['a spec of a cluster that exists', { 'cluster.spec': {} }, '/cluster/spec'],
])('the schema refuses %s, at its place', ([, edits, at]) => {
  expect(validate(exampleBody('kubeadm', edits))).toBe(false)
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(at)
})
