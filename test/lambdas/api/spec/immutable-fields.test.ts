import { describe, expect, test } from 'vitest'
import { immutableChangesIn } from '../../../../lambdas/api/spec/immutable-fields.ts'
import type { ClusterItem } from '../../../../lambdas/operations/record/record.ts'
import { memberAccount } from '../../../../sandbox/account.ts'
import { clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec, type SetUpAs, setUpStatus } from '../../../support/api/operations.ts'
import { type Edits, exampleRequest } from '../../../support/api/requests.ts'

const time = '2026-11-25T12:00:00.000Z'
const spec = exampleSpec('setup')
const installed = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'workload-identity-webhook', replicas: 2 }

const moved = (edits: Edits, webhook: SetUpAs['webhook']) => {
  const cluster = clusterRecord({ spec, ...(webhook && { status: setUpStatus({ webhook }) }) })
  return immutableChangesIn(exampleRequest('setup', edits), { cluster, workloads: [] }, () => true)
}

const elsewhere = {
  'cluster.management.namespace': 'elsewhere',
  'discovery.bucket': 'elsewhere-oidc',
  'webhook.namespace': 'elsewhere',
}

test.each([
  ['cluster.management.namespace', 'default'],
  ['discovery.bucket', 'prod-eu-oidc'],
  ['webhook.namespace', 'workload-identity-webhook'],
] as const)(
  '%s of a cluster that is set up cannot change, and the fault says its value and what to do',
  (path, now) => {
    const [fault, ...others] = moved({ [path]: elsewhere[path] }, installed)
    expect(others).toEqual([])
    expect(fault).toMatchObject({ path, pointer: `#/${path.replaceAll('.', '/')}` })
    expect(fault?.message).toContain(`is "${elsewhere[path]}", but `)
    expect(fault?.message).toContain(`set it to ${now}, or tear the cluster down first (DELETE /v1/clusters/prod-eu)`)
  },
)

test('all changes of immutable fields are reported together, and a request without one has no fault', () => {
  expect(moved(elsewhere, installed).map(({ path }) => path)).toEqual(Object.keys(elsewhere))
  expect(moved({}, installed)).toEqual([])
})

test('an omitted field is no change', () => {
  const without = { discovery: undefined, 'cluster.spec': undefined, 'cluster.nodePools': undefined }
  const edits = { ...without, 'webhook.mode': 'none' }
  expect(moved(edits, { ...installed, namespace: 'by-hand' })).toEqual([])
})

test.each(['existing-cluster', 'setup'] as const)(
  'a hosted issuer stays hosted once its keys are published, and the fault of the example %s says what to do',
  (example) => {
    const published = { conditions: {}, publishedKeys: [{ kid: 'a', thumbprint: 'print' }] }
    const before = clusterRecord({ spec: exampleSpec('kubeadm'), status: published })
    expect(immutableChangesIn(exampleRequest('kubeadm'), { cluster: before, workloads: [] }, () => true)).toEqual([])
    const changesFrom = (cluster: ClusterItem) =>
      immutableChangesIn(exampleRequest(example), { cluster, workloads: [] }, () => true)
    expect(changesFrom(before)).toMatchObject([
      {
        path: 'discovery.hosting',
        message: expect.stringContaining(
          'set it to deployment, or tear the cluster down first (DELETE /v1/clusters/edge-1)',
        ),
      },
    ])
    expect(changesFrom({ ...before, status: { conditions: {} } })).toEqual([])
    expect(changesFrom({ ...before, spec })).toEqual([])
  },
)

describe('a move to a hosted issuer', () => {
  const own = 'https://own.example.com'
  const { workloads: requested, ...kubeadm } = exampleRequest('kubeadm')
  const status = setUpStatus({ webhook: installed })
  const setUp = clusterRecord({
    spec: kubeadm,
    status: { ...status, cluster: { issuerUrl: own, jwksUri: `${own}/jwks` } },
  })
  const [reader] = requested.map((workload) => workloadRecord(workload, workload))
  const workloads = reader ? [reader, { ...reader, serviceAccount: 'left-out' }] : []
  const issuesOf = (cluster: ClusterItem) =>
    immutableChangesIn(exampleRequest('kubeadm'), { cluster, workloads }, () => true)

  test('needs all workloads: a request without one is refused, and the fault names it', () => {
    expect(issuesOf(setUp)).toMatchObject([
      {
        path: 'workloads',
        message: expect.stringMatching(/^lacks default\/left-out, .* trusts https:\/\/own\.example\.com alone/),
      },
    ])
    const request = exampleRequest('kubeadm')
    expect(immutableChangesIn(request, { cluster: setUp, workloads: workloads.slice(0, 1) }, () => true)).toEqual([])
  })

  test('counts the workloads that the caller may not see, and does not name them', () => {
    const [issue] = immutableChangesIn(exampleRequest('kubeadm'), { cluster: setUp, workloads }, () => false)
    expect(issue?.message).toMatch(/^lacks 1 that you may not see, whose role trusts/)
    expect(issue?.message).not.toContain('left-out')
  })

  test('allows requests with some of the workloads after the cluster has changed, and not before', () => {
    const issuerUrl = kubeadm.cluster.issuerUrl ?? ''
    const moving = { ...setUp.status, cluster: { issuerUrl, jwksUri: own }, formerIssuer: { issuerUrl: own } }
    expect(issuesOf({ ...setUp, status: moving })).toMatchObject([{ path: 'workloads' }])
    const formerIssuer = { issuerUrl: own, trustedUntil: time }
    expect(issuesOf({ ...setUp, status: { ...moving, formerIssuer } })).toEqual([])
  })

  test('does not apply to a cluster whose hosted issuer is at a former host of the deployment', () => {
    const issuerUrl = 'https://d111111abcdef8.cloudfront.net/edge-1'
    const before = { ...setUp.status, cluster: { issuerUrl, jwksUri: issuerUrl } }
    const hosted = { ...kubeadm, cluster: { ...kubeadm.cluster, issuerUrl } }
    expect(issuesOf({ ...setUp, spec: hosted, status: before })).toEqual([])
  })

  test('does not apply to a cluster that keeps its own issuer', () => {
    expect(
      immutableChangesIn(exampleRequest('existing-cluster'), { cluster: { ...setUp, spec }, workloads }, () => true),
    ).toEqual([])
  })
})

test('immutable fields can change until a setup succeeds', () => {
  expect(moved(elsewhere, undefined)).toEqual([])
})

test('an adopted webhook stays in its namespace', () => {
  const adopted = { ...installed, namespace: 'by-hand' }
  expect(moved({ 'webhook.namespace': 'by-hand' }, adopted)).toEqual([])
  expect(moved({}, adopted)).toMatchObject([{ path: 'webhook.namespace' }])
})

test('the namespace can change after a setup without a webhook', () => {
  expect(moved({ 'webhook.namespace': 'hooks' }, { mode: 'none' })).toEqual([])
})

test('the account cannot change once the provider exists, and the fault says what to do', () => {
  const there = exampleRequest('existing-cluster', { 'cluster.awsAccountId': memberAccount.id })
  const here = exampleRequest('existing-cluster')
  const recordOf = ({ workloads: _, ...spec }: typeof here, providerArn?: string) => {
    const status = { conditions: {}, ...(providerArn !== undefined && { providerArn }) }
    return { cluster: clusterRecord({ spec, status }), workloads: [] }
  }
  const arn = (account: string) => `arn:aws:iam::${account}:oidc-provider/oidc.example.com`
  expect(immutableChangesIn(here, recordOf(there, arn(memberAccount.id)), () => true)).toMatchObject([
    { path: 'cluster.awsAccountId', message: expect.stringContaining(`set it to ${memberAccount.id}, or tear`) },
  ])
  expect(immutableChangesIn(there, recordOf(here, arn('000000000000')), () => true)).toMatchObject([
    { path: 'cluster.awsAccountId', message: expect.stringContaining('omit the field, or tear the cluster down') },
  ])
  expect(immutableChangesIn(there, recordOf(there, arn(memberAccount.id)), () => true)).toEqual([])
  expect(immutableChangesIn(here, recordOf(there), () => true)).toEqual([])
})
