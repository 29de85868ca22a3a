import { describe, expect, test } from 'vitest'
import { immutableChangesIn } from '../../../../lambdas/api/spec/immutable-fields.ts'
import type { ClusterItem } from '../../../../lambdas/operations/record/record.ts'
import { memberAccount } from '../../../../sandbox/account.ts'
import { type SetUpAs, setUpStatus } from '../../../support/api/operations.ts'
import { type Edits, exampleRequest } from '../../../support/api/requests.ts'

const time = '2026-11-25T12:00:00.000Z'
const { workloads: _, ...spec } = exampleRequest('setup')
const installed = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'workload-identity-webhook', replicas: 2 }

function recorded(webhook: SetUpAs['webhook']) {
  return {
    cluster: 'prod-eu',
    spec,
    status: webhook ? setUpStatus({ webhook }) : { conditions: {} },
    generation: 1,
    lastOperationId: 'o',
    createdAt: time,
    updatedAt: time,
  }
}

const moved = (edits: Edits, webhook: SetUpAs['webhook']) =>
  immutableChangesIn(exampleRequest('setup', edits), { cluster: recorded(webhook), workloads: [] })

const elsewhere = {
  'cluster.management.namespace': 'elsewhere',
  'discovery.bucket': 'elsewhere-oidc',
  'webhook.namespace': 'elsewhere',
}

test.each([
  ['cluster.management.namespace', 'default'],
  ['discovery.bucket', 'prod-eu-oidc'],
  ['webhook.namespace', 'workload-identity-webhook'],
] as const)('%s of a cluster that is set up stays, and the fault says where it is and what to do', (path, now) => {
  const [fault, ...others] = moved({ [path]: elsewhere[path] }, installed)
  expect(others).toEqual([])
  expect(fault).toMatchObject({ path, pointer: `#/${path.replaceAll('.', '/')}` })
  expect(fault?.message).toContain(`is "${elsewhere[path]}", but `)
  expect(fault?.message).toContain(`set it to ${now}, or tear the cluster down first (DELETE /v1/clusters/prod-eu)`)
})

test('every move is told at once, and a request that moves nothing has none', () => {
  expect(moved(elsewhere, installed).map(({ path }) => path)).toEqual(Object.keys(elsewhere))
  expect(moved({}, installed)).toEqual([])
})

test('what a request leaves out is not moved', () => {
  const without = { discovery: undefined, 'cluster.spec': undefined, 'cluster.nodePools': undefined }
  const edits = { ...without, 'webhook.mode': 'none' }
  expect(moved(edits, { ...installed, namespace: 'by-hand' })).toEqual([])
})

test.each(['existing-cluster', 'setup'] as const)(
  'a hosted issuer stays hosted once its keys are published, and a request like the example %s says what to do',
  (example) => {
    const { workloads: _, ...hosted } = exampleRequest('kubeadm')
    const published = { conditions: {}, publishedKeys: [{ kid: 'a', thumbprint: 'print' }] }
    const before = { ...recorded(undefined), cluster: 'edge-1', spec: hosted, status: published }
    expect(immutableChangesIn(exampleRequest('kubeadm'), { cluster: before, workloads: [] })).toEqual([])
    const changesFrom = (cluster: ClusterItem) =>
      immutableChangesIn(exampleRequest(example), { cluster, workloads: [] })
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
  const { workloads: asked, ...kubeadm } = exampleRequest('kubeadm')
  const status = setUpStatus({ webhook: installed })
  const setUp = {
    ...recorded(undefined),
    cluster: 'edge-1',
    spec: kubeadm,
    status: { ...status, cluster: { issuerUrl: own, jwksUri: `${own}/jwks` } },
  }
  const [reader] = asked.map(({ role, ...workload }) => ({
    ...workload,
    spec: role,
    manager: 'api',
    status: { conditions: {} },
    updatedAt: time,
  }))
  const workloads = reader ? [reader, { ...reader, serviceAccount: 'left-out' }] : []
  const issuesOf = (cluster: ClusterItem) => immutableChangesIn(exampleRequest('kubeadm'), { cluster, workloads })

  test('takes all workloads along: a request without one is refused and says which', () => {
    expect(issuesOf(setUp)).toMatchObject([
      {
        path: 'workloads',
        message: expect.stringMatching(/^lacks default\/left-out, .* trusts https:\/\/own\.example\.com alone/),
      },
    ])
    const request = exampleRequest('kubeadm')
    expect(immutableChangesIn(request, { cluster: setUp, workloads: workloads.slice(0, 1) })).toEqual([])
  })

  test('may be followed by requests with some workloads when the cluster has changed, and not before', () => {
    const issuerUrl = kubeadm.cluster.issuerUrl ?? ''
    const moving = { ...setUp.status, cluster: { issuerUrl, jwksUri: own }, formerIssuer: { issuerUrl: own } }
    expect(issuesOf({ ...setUp, status: moving })).toMatchObject([{ path: 'workloads' }])
    const formerIssuer = { issuerUrl: own, trustedUntil: time }
    expect(issuesOf({ ...setUp, status: { ...moving, formerIssuer } })).toEqual([])
  })

  test('is none for a cluster whose hosted issuer is at the host that the deployment had before', () => {
    const issuerUrl = 'https://d111111abcdef8.cloudfront.net/edge-1'
    const before = { ...setUp.status, cluster: { issuerUrl, jwksUri: issuerUrl } }
    const hosted = { ...kubeadm, cluster: { ...kubeadm.cluster, issuerUrl } }
    expect(issuesOf({ ...setUp, spec: hosted, status: before })).toEqual([])
  })

  test('is none for a cluster that keeps its own issuer', () => {
    expect(immutableChangesIn(exampleRequest('existing-cluster'), { cluster: { ...setUp, spec }, workloads })).toEqual(
      [],
    )
  })
})

test('a cluster of which no setup has gone to its end may be asked for elsewhere', () => {
  expect(moved(elsewhere, undefined)).toEqual([])
})

test('a webhook that was adopted where it is stays there', () => {
  const adopted = { ...installed, namespace: 'by-hand' }
  expect(moved({ 'webhook.namespace': 'by-hand' }, adopted)).toEqual([])
  expect(moved({}, adopted)).toMatchObject([{ path: 'webhook.namespace' }])
})

test('of a webhook that the last setup left out the cluster says where it is, and not the record', () => {
  expect(moved({ 'webhook.namespace': 'hooks' }, { mode: 'none' })).toEqual([])
})

test('the account stays once there is a provider, and the fault says what to do', () => {
  const there = exampleRequest('existing-cluster', { 'cluster.awsAccountId': memberAccount.id })
  const here = exampleRequest('existing-cluster')
  const asked = ({ workloads: _, ...spec }: typeof here, providerArn?: string) => {
    const status = { conditions: {}, ...(providerArn !== undefined && { providerArn }) }
    return { cluster: { ...recorded(undefined), spec, status }, workloads: [] }
  }
  const arn = (account: string) => `arn:aws:iam::${account}:oidc-provider/oidc.example.com`
  expect(immutableChangesIn(here, asked(there, arn(memberAccount.id)))).toMatchObject([
    { path: 'cluster.awsAccountId', message: expect.stringContaining(`set it to ${memberAccount.id}, or tear`) },
  ])
  expect(immutableChangesIn(there, asked(here, arn('000000000000')))).toMatchObject([
    { path: 'cluster.awsAccountId', message: expect.stringContaining('leave it out, or tear the cluster down') },
  ])
  expect(immutableChangesIn(there, asked(there, arn(memberAccount.id)))).toEqual([])
  expect(immutableChangesIn(here, asked(there))).toEqual([])
})
