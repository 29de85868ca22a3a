/** The schema by which editors check requests, and the examples. */
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

// Strict, so that an unknown keyword in the schema is an error. The choices of anyOf use fields that are described outside of them.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
const validate = ajv.compile(schema)

function textOf(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8')
}

test('each kind of cluster has an example in YAML', () => {
  expect(inYaml.toSorted()).toEqual([
    'anthos-on-aws.yaml',
    'anthos-there-already.yaml',
    'behind-nat.yaml',
    'k3s.yaml',
    'kubeadm.yaml',
    'public-issuer.yaml',
  ])
})

test.for(files)('the schema and the API accept examples/%s', (file) => {
  const body: unknown = parse(textOf(file))
  validate(body)
  expect(validate.errors).toBeNull()
  const parsed = parseSetupRequest(body, deployment)
  expect(parsed.ok ? [] : parsed.issues).toEqual([])
})

test.for(inYaml)('the first line of examples/%s refers editors to the schema', (file) => {
  const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(textOf(file)) ?? []
  const found: unknown = JSON.parse(readFileSync(path.join(folder, reference), 'utf8'))
  expect(found).toEqual(schema)
})

test('the schema and the API have the same limits of workloads and policies', () => {
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
  ['an unknown provider', { 'cluster.provider': 'kubeadm' }, '/cluster/provider'],
  ['the name of a secret', { 'cluster.credentialsSecretArn': 'prod/kubeconfig' }, '/cluster/credentialsSecretArn'],
  ['a number as a text', { 'workloads.0.role.maxSessionSeconds': '3600' }, '/workloads/0/role/maxSessionSeconds'],
  ['the name of a policy', { 'workloads.0.role.policyArns': ['AmazonS3FullAccess'] }, '/workloads/0/role/policyArns/0'],
  ['a role without a policy', { 'workloads.0.role': {} }, '/workloads/0/role'],
  ['no list of workloads', { workloads: undefined }, ''],
  ['a bucket for a hosted issuer', { 'discovery.bucket': 'my-bucket' }, '/discovery'],
  ['a spec of an existing cluster', { 'cluster.spec': {} }, '/cluster/spec'],
])('the schema refuses %s, with its path', ([, edits, at]) => {
  expect(validate(exampleBody('kubeadm', edits))).toBe(false)
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(at)
})
