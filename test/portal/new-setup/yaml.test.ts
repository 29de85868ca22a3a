import { readFile } from 'node:fs/promises'
import { validate } from 'virtual:request-validator'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { kindNames } from '../../../client/request/kinds.ts'
import { draftOf, kindOf, proposedDraft, requestFrom } from '../../../portal/src/pages/new-setup/draft.ts'
import { faultsIn } from '../../../portal/src/pages/new-setup/faults.ts'
import { requestIn, yamlOf } from '../../../portal/src/pages/new-setup/yaml.ts'

const examples = [
  ['anthos-on-aws.yaml', 'new-gke-on-aws'],
  ['behind-nat.yaml', 'private-issuer'],
  ['csr-cluster.json', 'new-gke-on-aws'],
  ['existing-cluster.json', 'public-issuer'],
  ['k3s.yaml', 'private-issuer'],
  ['kubeadm.json', 'private-issuer'],
  ['kubeadm.yaml', 'private-issuer'],
  ['public-issuer.yaml', 'public-issuer'],
  ['setup.json', 'new-gke-on-aws'],
  ['twenty-workloads.json', 'new-gke-on-aws'],
] as const

function filledFrom(text: string) {
  const read = requestIn(text)
  if (read.kind !== 'request') throw new Error(`it is ${read.kind}`)
  return draftOf(read.request)
}

describe('each example', () => {
  it.each(examples)('%s fills the form for its kind of cluster, and round-trips', async (file, kind) => {
    const text = await readFile(`examples/${file}`, 'utf8')
    const draft = filledFrom(text)
    expect(kindOf(draft)).toBe(kind)
    expect(faultsIn(draft, validate)).toEqual({ placed: [], others: [] })
    expect(requestFrom(draft)).toEqual(parse(text))
    expect(requestFrom(filledFrom(yamlOf(requestFrom(draft))))).toEqual(parse(text))
  })
})

describe('a change of the kind of cluster', () => {
  it('removes fields of another kind from the request, and keeps them in the form', async () => {
    const draft = filledFrom(await readFile('examples/setup.json', 'utf8'))
    const other = requestFrom({ ...draft, kind: 'public-issuer' })
    expect(other).not.toHaveProperty('discovery')
    expect(Object.keys(Object(other.cluster))).toEqual(['name', 'provider', 'credentialsSecretArn', 'proxyUrl'])
    expect(requestFrom({ ...draft, kind: 'new-gke-on-aws' })).toEqual(requestFrom(draft))
  })

  it.each(kindNames)('gives a request of kind %s', (kind) => {
    expect(kindOf(requestFrom({ ...proposedDraft(), kind }))).toBe(kind)
  })

  it('sends only the mode of a webhook that the setup does not install', async () => {
    const draft = filledFrom(await readFile('examples/public-issuer.yaml', 'utf8'))
    expect(requestFrom({ ...draft, webhook: { mode: 'none', failurePolicy: 'Fail' } }).webhook).toEqual({
      mode: 'none',
    })
  })
})

test('an invalid request is refused with its cause', () => {
  expect(requestIn('cluster:\n  name: a\n b')).toMatchObject({ kind: 'notYaml', line: 3 })
  expect(requestIn('cluster: {}\n---\ncluster: {}\n')).toEqual({ kind: 'several', count: 2 })
  expect(requestIn('cluster: *nobody\n')).toEqual({ kind: 'aliases' })
  expect(requestIn('cluster: &own\n  name: *own\n')).toEqual({ kind: 'aliases' })
  const tenfold = (of: string) => `[${Array.from({ length: 10 }, () => of).join(', ')}]`
  const laughs = `a: &a ${tenfold('x')}\nb: &b ${tenfold('*a')}\nc: &c ${tenfold('*b')}\ncluster:\n  name: ${tenfold('*c')}\n`
  expect(requestIn(laughs)).toEqual({ kind: 'aliases' })
  expect(requestIn('')).toEqual({ kind: 'none' })
  expect(requestIn('name: prod-eu')).toEqual({ kind: 'none' })
})
