import { describe, expect, test } from 'vitest'
import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'
import { deployment, exampleBody, issuesOf } from '../../support/api/requests.ts'

describe('unknown fields', () => {
  test.each([
    ['', 'workload', 'workloads'],
    ['cluster.', 'credentialSecretArn', 'credentialsSecretArn'],
    ['cluster.management.', 'proxyURL', 'proxyUrl'],
    ['cluster.spec.', 'authentification', 'authentication'],
    ['cluster.spec.networking.', 'vpcId', 'vpcID'],
    ['cluster.spec.networking.', 'serviceLoadBalancerSubnetIds', 'serviceLoadBalancerSubnetIDs'],
    ['cluster.spec.controlPlane.', 'subnetIds', 'subnetIDs'],
    ['cluster.spec.controlPlane.rootVolume.', 'sizeGB', 'sizeGiB'],
    ['cluster.spec.controlPlane.etcd.mainVolume.', 'kmsKeyArn', 'kmsKeyARN'],
    ['cluster.spec.controlPlane.databaseEncryption.', 'kmsKeyArn', 'kmsKeyARN'],
    ['cluster.nodePools.0.', 'specs', 'spec'],
    ['cluster.nodePools.0.spec.', 'maxNodeCounts', 'maxNodeCount'],
    ['discovery.', 'projectID', 'projectId'],
    ['webhook.', 'failurepolicy', 'failurePolicy'],
    ['workloads.0.', 'serviceaccount', 'serviceAccount'],
    ['workloads.0.role.', 'policyARNs', 'policyArns'],
  ])('"%s%s" is refused with the nearest known name, "%s"', (parent, name, known) => {
    const path = `${parent}${name}`.replaceAll(/\.(\d+)/g, '[$1]')
    expectIssue({ [`${parent}${name}`]: 1 }, path, new RegExp(`not a known field.*did you mean "${known}"\\?`))
  })

  test.each([
    ['cluster.', 'issuer', 'issuerUrl'],
    ['', 'image', 'webhook.image'],
    ['cluster.', 'bucket', 'discovery.bucket'],
    ['workloads.0.', 'policyArns', 'workloads[].role.policyArns'],
  ])('"%s%s" is refused with the field of another name or parent that is meant, "%s"', (parent, name, meant) => {
    const path = `${parent}${name}`.replaceAll(/\.(\d+)/g, '[$1]')
    const escaped = meant.replace('[]', '\\[\\]')
    expectIssue({ [`${parent}${name}`]: 1 }, path, new RegExp(`not a known field.*did you mean "${escaped}"\\?`))
  })

  test.each(['k3s', 'kubeadm'])(
    'a provider with the name of another kind of cluster (%s) is refused with the one to use',
    (provider) => {
      expectRefused('cluster.provider', provider, /existing: any other cluster .* k3s or kubeadm/)
    },
  )

  test('a name without a similar one is refused with the known names', () => {
    expectRefused('webhook.replicas', 3, /known here are mode, certificate, image.*: remove it/)
  })

  test('each of several unknown fields of one object has its own fault', () => {
    expect(issuesOf('setup', { 'cluster.a': 1, 'cluster.b': 1 }).map(({ path }) => path)).toEqual([
      'cluster.a',
      'cluster.b',
    ])
  })

  test('__proto__ is an unknown field', () => {
    const body: unknown = JSON.parse(JSON.stringify(exampleBody('setup')).replace('{', '{"__proto__":{"adopt":true},'))
    expect(parseSetupRequest(body, deployment)).toMatchObject({ ok: false, issues: [{ path: '__proto__' }] })
  })

  test('a very long name is not repeated in full', () => {
    const [fault] = issuesOf('setup', { [`x${'y'.repeat(500)}`]: 1 })
    expect(JSON.stringify(fault).length).toBeLessThan(400)
  })

  test('names of tags and labels are free', () => {
    expectFine({
      'cluster.spec.controlPlane.tags': { 'team/owner': 'platform' },
      'cluster.nodePools.0.spec.tags': { anything: 'goes' },
      'cluster.nodePools.0.spec.labels': { 'example.com/pool': 'zero' },
    })
  })
})

describe('types of fields', () => {
  test.each([
    ['cluster.name', 5, /is a number: give a text/],
    ['cluster.spec.controlPlane.subnetIDs', 'subnet-0aa11bb22cc33dd44', /is a text: give a list/],
    ['cluster.spec.controlPlane.cloudOperations', true, /is true or false: give an object/],
    ['cluster.nodePools.0.spec.minNodeCount', '3', /is a text: give a number/],
    ['cluster.nodePools.0.spec.tags.cost', 5, /is a number: give a text/],
    ['cluster.nodePools.0.spec.labels', ['a'], /is a list: give an object/],
    ['adopt', 'yes', /is a text: give true or false/],
    ['workloads', null, /is null: give a list/],
  ])('%s of another type is refused with the type that it must have', (path, value, words) => {
    expectIssue({ [path]: value }, path.replaceAll(/\.(\d+)/g, '[$1]'), words)
  })

  test('a process that uses zod beside zod/mini has the same messages', async () => {
    const { string } = await import('zod')
    // Its first schema sets the messages of all.
    expect(string().safeParse(5).success).toBe(false)
    expectRefused('cluster.name', 5, /^is a number: give a text/)
    expectIssue(
      { 'workloads.0.role.inlinePolicy': { Version: '2012-10-17', Statement: 'all' } },
      'workloads[0].role.inlinePolicy.Statement',
      /^is a text: give/,
    )
  })

  test.each(['cluster.provider', 'cluster.spec.networking.vpcID', 'workloads.0.serviceAccount', 'discovery.bucket'])(
    'an omitted %s is reported as missing, with its description',
    (path) => {
      expectIssue(
        { [path]: undefined },
        path.replaceAll(/\.(\d+)/g, '[$1]'),
        /^is missing: give (a text|one of) .*\(.+\)/,
      )
    },
  )

  test.each([null, 5, 'text', true, []])('the body %j is refused, because it is no object', (body) => {
    expect(parseSetupRequest(body, deployment)).toMatchObject({ ok: false, issues: [{ path: '', pointer: '#' }] })
  })

  test('a body that nests too deeply is refused before it is traversed', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    const body = exampleBody('setup', { 'workloads.0.role.inlinePolicy': { Statement: deep } })
    expect(parseSetupRequest(body, deployment)).toMatchObject({
      ok: false,
      issues: [{ path: '', message: expect.stringMatching(/deeper than 32 levels/) }],
    })
  })

  test('a choice that does not exist is refused with those that do, and the nearest', () => {
    expectRefused('webhook.mode', 'instal', /"instal" is not a choice.*did you mean "install"\?/)
  })
})

describe('all faults at once', () => {
  test('faults of shape, of format and between fields are reported together', () => {
    const paths = issuesOf('setup', {
      'cluster.nam': 'x',
      'cluster.readyTimeoutMinutes': 1,
      'cluster.proxyUrl': 'https://bastion',
      'cluster.spec.networking.podAddressCIDRBlocks': ['10.1.128.0/17'],
      'cluster.nodePools.0.spec.minNodeCount': 9,
      'discovery.bucket': 'google-bucket',
      'workloads.0.role.policyArns': [5, 'arn:aws:iam::aws:policy/AdministratorAccess'],
      adopt: 'yes',
    }).map(({ path }) => path)
    expect(new Set(paths)).toEqual(
      new Set([
        'cluster.nam',
        'cluster.readyTimeoutMinutes',
        'cluster.proxyUrl',
        'cluster.spec.networking.serviceAddressCIDRBlocks[0]',
        'cluster.nodePools[0].spec.minNodeCount',
        'discovery.bucket',
        'workloads[0].role.policyArns[0]',
        'workloads[0].role.policyArns[1]',
        'adopt',
      ]),
    )
  })

  test('of thousands of faults the first 500 are listed, with the number of the others', () => {
    const issues = issuesOf('setup', Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`x${index}`, 1])))
    expect(issues).toHaveLength(501)
    expect(issues.at(-1)?.message).toBe('has 1500 more issues: correct the listed issues first')
  })

  test('an invalid field is not also compared with other fields', () => {
    expectRefused('cluster.name', 'Prod_EU', /"Prod_EU" is not a DNS-1123 label/)
  })
})
