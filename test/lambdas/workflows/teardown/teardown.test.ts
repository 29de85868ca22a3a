import { describe, expect, test } from 'vitest'
import { encodeFailure } from '../../../../lambdas/errors/failure-codec.ts'
import type { ClusterStatus, StepItem } from '../../../../lambdas/operations/record/record.ts'
import { outcomeOf, teardownOf, teardownResultOf } from '../../../../lambdas/workflows/teardown/teardown.ts'
import { clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec } from '../../../support/api/operations.ts'
import type { Example } from '../../../support/api/requests.ts'
import { recordedStep as step } from '../../../support/steps/recorded-step.ts'

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const writer = { namespace: 'media', serviceAccount: 's3-writer' }
const none = { deleteCluster: false, force: false, dryRun: false }
const facts = { issuerUrl: 'https://issuer.example', jwksUri: 'https://issuer.example/jwks' }

function recorded(example: Example, webhook?: { mode: string }) {
  const status = { cluster: facts, conditions: {}, ...(webhook && { webhook }) }
  const cluster = clusterRecord({ spec: exampleSpec(example), status })
  return { cluster, workloads: [workloadRecord(reader), workloadRecord(writer)] }
}

const requestOf = (...parameters: Parameters<typeof teardownOf>) => {
  const made = teardownOf(...parameters)
  if ('refused' in made) throw new Error(made.refused)
  return made.request
}

describe('the request of a teardown', () => {
  test('has the facts of the record, and not the spec of the cluster', () => {
    const request = requestOf(recorded('setup'), undefined, { ...none, deleteCluster: true })
    expect(request).toMatchObject({
      cluster: { name: 'prod-eu', provider: 'gke-on-aws', management: { namespace: 'default' } },
      webhook: { namespaces: ['workload-identity-webhook'] },
      workloads: [reader, writer],
      whole: true,
      neverFound: false,
      deleteCluster: true,
    })
    expect(request.cluster).not.toHaveProperty('spec')
  })

  test('has a proxy and a discovery only when the newest request has them', () => {
    const { cluster, workloads } = recorded('setup')
    const { discovery: _, ...spec } = cluster.spec
    const { proxyUrl: __, ...direct } = spec.cluster
    const discovery = {
      bucket: 'b',
      projectId: 'p',
      location: 'EU',
      managementServiceAccount: 'a@p.iam.gserviceaccount.com',
      managementRole: 'roles/storage.objectAdmin',
    } as const
    const proxyUrl = 'http://proxy.example:3128'
    const without = { cluster: { ...cluster, spec: { ...spec, cluster: direct } }, workloads }
    const proxied = { ...spec, discovery, cluster: { ...direct, proxyUrl } }
    expect(requestOf(without, undefined, none)).not.toHaveProperty('discovery')
    expect(requestOf(without, undefined, none).cluster).not.toHaveProperty('proxyUrl')
    expect(requestOf({ cluster: { ...cluster, spec: proxied }, workloads }, undefined, none)).toMatchObject({
      discovery,
      cluster: { proxyUrl },
    })
  })

  test('has the issuer of the newest request, for its documents, if that names one', () => {
    const { cluster, workloads } = recorded('existing-cluster')
    const { issuerUrl, ...unnamed } = cluster.spec.cluster
    expect(requestOf({ cluster, workloads }, undefined, none).cluster).toMatchObject({ issuerUrl })
    const without = { ...cluster, spec: { ...cluster.spec, cluster: unnamed } }
    expect(requestOf({ cluster: without, workloads }, undefined, none).cluster).not.toHaveProperty('issuerUrl')
  })

  test('has the account of the newest request, or of the deployment when that names none', () => {
    const { cluster, workloads } = recorded('existing-cluster')
    expect(requestOf({ cluster, workloads }, undefined, none).cluster).not.toHaveProperty('awsAccountId')
    const there = { ...cluster.spec, cluster: { ...cluster.spec.cluster, awsAccountId: '111122223333' } }
    expect(requestOf({ cluster: { ...cluster, spec: there }, workloads }, undefined, none).cluster).toMatchObject({
      awsAccountId: '111122223333',
    })
  })

  test('is for one workload if that is named', () => {
    expect(requestOf(recorded('setup'), writer, none)).toMatchObject({ workloads: [writer], whole: false })
  })

  test.each([
    [{ mode: 'csr' }, true],
    [{ mode: 'own-ca' }, false],
    [undefined, true],
  ])('searches certificate signing requests of a webhook that was installed as %o: %s', (webhook, expected) => {
    expect(requestOf(recorded('csr-cluster', webhook), undefined, none).webhook).toMatchObject({
      mayHaveRequests: expected,
    })
  })

  test.each([
    ['csr', 'own-ca', true],
    [undefined, 'own-ca', false],
    [undefined, 'csr', true],
  ] as const)(
    'searches certificate signing requests of a webhook that was installed as %s, and is requested as %s: %s',
    (mode, certificate, expected) => {
      const { cluster, workloads } = recorded('csr-cluster', mode && { mode })
      const spec = { ...cluster.spec, webhook: { ...cluster.spec.webhook, certificate } }
      const { webhook } = requestOf({ cluster: { ...cluster, spec }, workloads }, undefined, none)
      expect(webhook?.mayHaveRequests).toBe(expected)
    },
  )

  test.each(['none', 'managed'] as const)(
    'has the webhook of an earlier request than the newest, of mode %s',
    (mode) => {
      const { cluster, ...rest } = recorded('setup', { mode })
      const spec = { ...cluster.spec, webhook: { ...cluster.spec.webhook, mode } }
      const webhookOf = (fields: Partial<ClusterStatus>) =>
        requestOf({ ...rest, cluster: { ...cluster, spec, status: { ...cluster.status, ...fields } } }, undefined, none)
          .webhook
      expect(webhookOf({})).toBeUndefined()
      const webhookNamespaces = ['hooks', 'first']
      expect(webhookOf({ webhookNamespaces })).toEqual({ namespaces: ['hooks', 'first'], mayHaveRequests: true })
      const newer = { ...facts, kubernetesMinor: 33 }
      expect(webhookOf({ webhookNamespaces, cluster: newer })?.mayHaveRequests).toBe(false)
    },
  )

  test('is refused for the deletion of a cluster that no setup created', () => {
    const made = teardownOf(recorded('existing-cluster'), undefined, { ...none, deleteCluster: true })
    expect(made).toEqual({
      refused:
        'No setup has created cluster on-premises, whose provider is "existing". Only a cluster that a setup has created can be deleted: leave deleteCluster out',
    })
  })

  test('is refused for the deletion of a cluster whose newest request has no spec, and says how to delete it', () => {
    const { cluster, workloads } = recorded('setup')
    const { spec: _, ...withoutSpec } = cluster.spec.cluster
    const newest = { ...cluster, spec: { ...cluster.spec, cluster: withoutSpec } }
    const made = teardownOf({ cluster: newest, workloads }, undefined, { ...none, deleteCluster: true })
    expect(made).toEqual({
      refused: expect.stringMatching(/has no cluster\.spec.*leave deleteCluster out\. If .* first send a setup/),
    })
  })
})

describe('the remaining objects', () => {
  const request = (options: object = {}) => ({ ...requestOf(recorded('setup'), undefined, none), ...options })
  const denied = { name: 'AccessDenied', object: 'Secret hooks/tls', reason: 'it may not be', action: 'Allow it' }
  const unreachable = { name: 'Unreachable', object: 'API server', reason: 'no answer', action: 'Look' }
  const caught = (state: string, error = 'AccessDenied', rest: object = {}) => ({ state, error, ...rest })
  const failed = (state: string, error: typeof denied, item?: string) =>
    step(state, { status: 'failed', error, ...(item !== undefined && { item }) })
  const gone = step('DeleteCluster', { output: { gone: true } })

  test('are none when every step has succeeded', () => {
    expect(outcomeOf(request(), [step('UnbindKsa', { output: { remaining: [] } }), gone], [])).toEqual({
      remaining: [],
      abandoned: [],
    })
  })

  test('are those that steps could not remove, and those of failures, each with its step and workload', () => {
    const steps = [
      step('RemoveWebhook', { output: { remaining: [denied] } }),
      step('DeleteRole', { item: 'default/a', output: { remaining: [denied] } }),
      step('DeleteRole', { item: 'default/b', status: 'running', output: { remaining: [denied] } }),
      failed('UnbindKsa', unreachable, 'default/a'),
      failed('UnbindKsa', denied, 'default/b'),
    ]
    const { remaining } = outcomeOf(request(), steps, [
      caught('UnbindKsa', 'Unreachable', { item: 'default/a' }),
      caught('UnbindKsa', 'AccessDenied', { item: 'default/b' }),
    ])
    expect(remaining).toStrictEqual([
      { ...denied, step: 'RemoveWebhook' },
      { ...denied, step: 'DeleteRole', item: 'default/a' },
      { ...unreachable, step: 'UnbindKsa', item: 'default/a' },
      { ...denied, step: 'UnbindKsa', item: 'default/b' },
    ])
  })

  test('include failures of states without a record', () => {
    const words = 'User: x is not authorized to perform: lambda:InvokeFunction on resource: arn:f'
    const cause = JSON.stringify({ errorMessage: encodeFailure({ ...denied, step: 'DeleteRole', item: 'default/a' }) })
    const { remaining } = outcomeOf(
      request(),
      [],
      [
        caught('DeleteProvider', 'Lambda.AWSLambdaException', { cause: words }),
        caught('DeleteRole', 'AccessDenied', { item: 'default/a', cause }),
        caught('EmptyBucket', 'States.Timeout'),
      ],
    )
    expect(remaining).toMatchObject([
      { name: 'Lambda.AWSLambdaException', object: 'arn:f', step: 'DeleteProvider' },
      { ...denied, step: 'DeleteRole', item: 'default/a' },
      { name: 'States.Timeout', step: 'EmptyBucket' },
    ])
  })

  test('do not include objects in a deleted cluster', () => {
    const steps = [
      failed('UnbindKsa', unreachable),
      failed('RemoveWebhook', unreachable),
      failed('DeleteRole', denied),
      gone,
    ]
    const all = [caught('UnbindKsa', 'Unreachable'), caught('RemoveWebhook', 'Unreachable'), caught('DeleteRole')]
    expect(outcomeOf(request(), steps, all).remaining).toEqual([{ ...denied, step: 'DeleteRole' }])
  })

  test('in an unreachable cluster are abandoned with force, and no others', () => {
    const steps = [failed('UnbindKsa', unreachable), failed('RemoveWebhook', denied), failed('DeleteRole', unreachable)]
    const unseen = outcomeOf(
      request({ force: true }),
      [failed('ObserveCluster', unreachable)],
      [caught('ObserveCluster', 'Unreachable')],
    )
    expect(unseen).toEqual({ remaining: [], abandoned: [{ ...unreachable, step: 'ObserveCluster' }] })
    const all = [caught('UnbindKsa', 'Unreachable'), caught('RemoveWebhook'), caught('DeleteRole', 'Unreachable')]
    expect(outcomeOf(request({ force: true }), steps, all)).toEqual({
      remaining: [
        { ...denied, step: 'RemoveWebhook' },
        { ...unreachable, step: 'DeleteRole' },
      ],
      abandoned: [{ ...unreachable, step: 'UnbindKsa' }],
    })
    expect(outcomeOf(request(), steps, all).abandoned).toEqual([])
  })

  test('of an unreachable management cluster are abandoned with force unless the request deletes the cluster', () => {
    const steps = [failed('DeleteCluster', unreachable)]
    const all = [caught('DeleteCluster', 'Unreachable')]
    expect(outcomeOf(request({ force: true }), steps, all).remaining).toEqual([])
    expect(outcomeOf(request({ force: true, deleteCluster: true }), steps, all).abandoned).toEqual([])
  })

  test('of a cluster that is no longer at its location are abandoned with force unless the request deletes it', () => {
    const missing = { ...unreachable, name: 'ObjectMissing' }
    const steps = [step('DeleteCluster', { output: { gone: false, remaining: [missing] } })]
    const reported = { ...missing, step: 'DeleteCluster' }
    expect(outcomeOf(request(), steps, [])).toEqual({ remaining: [reported], abandoned: [] })
    expect(outcomeOf(request({ force: true }), steps, [])).toEqual({ remaining: [], abandoned: [reported] })
    expect(outcomeOf(request({ force: true, deleteCluster: true }), steps, []).remaining).toEqual([reported])
  })

  test('are shown in the operation as the workflow read them', () => {
    const waiting = { reason: 'Pod hooks/a is being deleted', events: [] }
    const steps = [
      failed('UnbindKsa', unreachable, 'default/a'),
      step('RemoveWebhook', { status: 'waiting', waiting }),
      step('DeleteCluster', { status: 'waiting', waiting }),
      step('EmptyBucket', { status: 'waiting', waiting }),
      step('DeleteProvider'),
      step('DeleteRole', { status: 'running', item: 'default/a' }),
    ]
    expect(teardownResultOf(request(), steps).remaining).toMatchObject([
      { name: 'Unreachable', step: 'UnbindKsa', item: 'default/a' },
      {
        name: 'WebhookNotGone',
        object: 'cluster prod-eu',
        step: 'RemoveWebhook',
        reason: expect.stringContaining('Pod hooks/a'),
      },
      { name: 'ClusterNotGone', step: 'DeleteCluster', reason: expect.stringContaining('Pod hooks/a') },
      { name: 'Unknown', step: 'EmptyBucket' },
      { name: 'Unknown', step: 'DeleteRole', item: 'default/a', reason: expect.stringContaining('gave no answer') },
    ])
  })
})

describe('the result of a dry run', () => {
  const group = { ...reader, pods: ['reads-1'], count: 1 }
  const steps = [
    step('UnbindKsa', { item: 'default/s3-reader', output: { remaining: [], pods: [group], podsSeen: true } }),
    step('UnbindKsa', { item: 'media/s3-writer', status: 'failed' }),
    step('UnbindKsa', { item: 'media/s3-reader', status: 'failed' }),
    step('UnbindKsa', { item: 'archive/s3-reader', status: 'failed' }),
    step('DeleteRole', { item: 'batch/s3-reader', status: 'failed' }),
  ]
  const request = (dryRun: boolean) => requestOf(recorded('setup'), undefined, { ...none, dryRun })

  test('has the pods that use the accounts, and the namespaces whose pods could not be read', () => {
    expect(teardownResultOf(request(true), steps)).toMatchObject({ pods: [group], unseen: ['archive', 'media'] })
  })

  test('is the only result with pods', () => {
    expect(teardownResultOf(request(false), steps)).not.toHaveProperty('pods')
  })
})

describe('a teardown of a complete cluster', () => {
  const ofCluster = (options: object = {}) => ({ ...requestOf(recorded('setup'), undefined, none), ...options })
  const staying = (request: object, steps: readonly StepItem[] = []) =>
    teardownResultOf(request, steps).stays?.map(({ object }) => object)
  const namespace = (action: 'deleted' | 'unchanged', name: string) =>
    step('UnbindKsa', { changes: [{ object: `Namespace ${name}`, action, detail: 'there is more in it' }] })
  const ofManagement = ['rights on the management cluster', ofCluster().cluster.credentialsSecretArn]

  test('reports what stays, and the command that removes it', () => {
    const steps = [namespace('unchanged', 'media'), namespace('unchanged', 'apps'), namespace('deleted', 'apps')]
    const { stays = [] } = teardownResultOf(ofCluster(), steps)
    expect(stays[0]).toEqual({ object: 'Namespace media', reason: 'there is more in it' })
    expect(stays.slice(1).map(({ command }) => command)).toEqual([
      expect.stringMatching(/^kubectl delete clusterrole,.*--selector workload-identity\/rights=prod-eu$/),
      'kubectl delete namespace workload-identity-setup',
      expect.stringMatching(/rights=prod-eu$/),
      `aws secretsmanager delete-secret --secret-id ${ofCluster().cluster.credentialsSecretArn} --region eu-west-1`,
      expect.stringMatching(/^aws secretsmanager delete-secret/),
    ])
  })

  test('leaves nothing in a deleted cluster', () => {
    const gone = [step('DeleteCluster', { output: { gone: true } }), namespace('unchanged', 'media')]
    expect(staying(ofCluster(), gone)?.slice(0, 2)).toEqual(ofManagement)
  })

  test.each([
    ['a dry run', ofCluster({ dryRun: true }), []],
    ['a removal of a workload', ofCluster({ whole: false }), []],
    ['an incomplete teardown', ofCluster(), [step('DeleteRole', { status: 'failed' })]],
  ])('reports it at its end, and %s does not', (_, request, steps) => {
    expect(staying(request, steps)).toBeUndefined()
  })
})
