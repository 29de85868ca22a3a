import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { requestText } from '../../../cli/init/request-text.ts'
import { kindNames, questionsOf } from '../../../client/request/kinds.ts'
import type { QuestionName } from '../../../client/request/questions.ts'
import { requestOf } from '../../../client/request/request.ts'
import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { deployment } from '../../support/api/requests.ts'
import { answersOf } from '../support/init-answers.ts'

describe.for(kindNames)('a request for a cluster of kind %s', (kind) => {
  const request = requestOf(kind, answersOf(kind))
  const text = requestText(kind, request, '../setup.schema.json')
  const lines = text.split('\n')

  test('is accepted by the API', () => {
    const parsed = parseSetupRequest(parse(text), deployment)
    expect(parsed.ok ? [] : parsed.issues).toEqual([])
  })

  test('parses to the request, and refers to the schema in its first line', () => {
    expect(parse(text)).toEqual(request)
    expect(lines[0]).toBe('# yaml-language-server: $schema=../setup.schema.json')
  })

  test('explains each field in a comment above it', () => {
    const unexplained = lines.filter(
      (line, index) => /^ *(- )?\w+:( |$)/.test(line) && !/^ *#/.test(lines[index - 1] ?? ''),
    )
    expect(unexplained).toEqual([])
  })

  test('has no comment wider than 120 columns', () => {
    expect(lines.filter((line) => line.trimStart().startsWith('#') && line.length > 120)).toEqual([])
  })

  test('uses every answer', () => {
    const asked = new Set<QuestionName>()
    requestOf(kind, (name) => {
      asked.add(name)
      return answersOf(kind)(name)
    })
    expect([...asked].toSorted()).toEqual([...questionsOf(kind)].toSorted())
  })
})

test('a cluster of kubeadm or k3s gets a hosted issuer', () => {
  expect(requestOf('private-issuer', answersOf('private-issuer'))).toMatchObject({
    cluster: { provider: 'existing' },
    discovery: { hosting: 'deployment' },
  })
})

test.for([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
] as const)('a secret in %s is in the partition %s', ([region, partition]) => {
  const { cluster } = requestOf('public-issuer', answersOf('public-issuer', { region }))
  expect(cluster.credentialsSecretArn).toBe(
    `arn:${partition}:secretsmanager:${region}:000000000000:secret:workload-identity/edge-1/user-cluster`,
  )
})

test('secrets have the prefix of the deployment', () => {
  const { cluster } = requestOf('gke-on-aws', answersOf('gke-on-aws'), 'staging')
  const folder = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:staging/edge-1'
  expect(cluster).toMatchObject({
    credentialsSecretArn: `${folder}/user-cluster`,
    management: { credentialsSecretArn: `${folder}/management` },
  })
})

test('omits an empty proxy', () => {
  const { cluster } = requestOf('gke-on-aws', answersOf('gke-on-aws', { proxy: '' }))
  expect(JSON.stringify(cluster)).not.toContain('proxyUrl')
})
