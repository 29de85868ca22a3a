import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  annotationsOnlyOurs,
  deletedAccounts,
  namespaceContents,
  objectOwnershipOf,
  otherManagers,
  staysTheirs,
} from '../../../lambdas/ownership/kubernetes-removal.ts'

const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }
const ourLabel = { 'app.kubernetes.io/managed-by': 'workload-identity' }

test.each([
  [{ labels: ourLabel }, 'ours'],
  [{ labels: ourLabel, annotations: { 'workload-identity/adopted': 'true' } }, 'adopted'],
  [{ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'theirs'],
  [{ annotations: { 'workload-identity/adopted': 'true' } }, 'theirs'],
  [{ labels: ourLabel, annotations: { 'workload-identity/cluster': 'prod' } }, 'ours'],
  [{ labels: ourLabel, annotations: { 'workload-identity/cluster': 'dev' } }, 'theirs'],
  [{ labels: ourLabel, annotations: { 'workload-identity/deployment': 'another' } }, 'theirs'],
  [undefined, 'theirs'],
] as const)('an object with %o is %s', (metadata, ownership) => {
  expect(objectOwnershipOf(metadata, owner)).toBe(ownership)
})

test.each([
  [undefined, 'it was not made by workload-identity, and stays'],
  [{ labels: ourLabel, annotations: { 'workload-identity/cluster': 'dev' } }, 'it belongs to cluster dev, and stays'],
  [
    {
      labels: ourLabel,
      annotations: {
        'workload-identity/cluster': 'prod',
        'workload-identity/deployment': '210987654321/eu-central-1/other',
      },
    },
    'it belongs to cluster prod of the deployment 210987654321/eu-central-1/other, and stays',
  ],
] as const)('the reason for an object with %o names its owner, and says that it stays', (metadata, reason) => {
  expect(staysTheirs(metadata, owner)).toBe(reason)
})

describe('the other field managers of an object', () => {
  const live = (...managers: readonly (readonly [string, object])[]) => ({
    metadata: { managedFields: managers.map(([manager, fieldsV1]) => ({ manager, fieldsV1 })) },
  })
  const annotation = (...names: readonly string[]) => ({
    'f:metadata': { 'f:annotations': Object.fromEntries(names.map((name) => [`f:${name}`, {}])) },
  })

  test('are those of its managed fields, except ours and the token controller', () => {
    const object = live(
      ['workload-identity', {}],
      ['kube-controller-manager', { 'f:secrets': {} }],
      ['argocd', annotation('a')],
    )
    expect(otherManagers(object)).toEqual(['argocd'])
    expect(otherManagers({ metadata: {} })).toEqual([])
  })

  test('decide which annotations belong only to us', () => {
    const object = live(
      ['workload-identity', annotation('eks.amazonaws.com/role-arn', 'eks.amazonaws.com/token-expiration', 'other')],
      ['helm', annotation('eks.amazonaws.com/token-expiration')],
    )
    expect(annotationsOnlyOurs(object, 'eks.amazonaws.com/')).toEqual(['eks.amazonaws.com/role-arn'])
  })

  test('are not read from the special key "." of managed fields', () => {
    const object = live(['workload-identity', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:a': {} } } }])
    expect(annotationsOnlyOurs(object, '')).toEqual(['a'])
  })
})

describe('the service accounts of a teardown', () => {
  const account = (name: string, metadata: object) => ({ kind: 'ServiceAccount', metadata: { name, ...metadata } })
  const contents = [
    account('ours', { labels: ourLabel }),
    account('leaving', { labels: ourLabel, deletionTimestamp: '2026-11-26T04:00:00Z' }),
    account('adopted', { labels: ourLabel, annotations: { 'workload-identity/adopted': 'true' } }),
    account('shared', { labels: ourLabel, managedFields: [{ manager: 'argocd' }] }),
    account('theirs', {}),
    account('of another cluster', { labels: ourLabel, annotations: { 'workload-identity/cluster': 'dev' } }),
    { kind: 'Secret', metadata: { name: 'gone' } },
  ]
  const names = ['ours', 'leaving', 'adopted', 'shared', 'theirs', 'of another cluster', 'gone']

  test('count as deleted when they are deleted or terminating, and in a dry run also when they would be', () => {
    expect(deletedAccounts(contents, names, { owner, dryRun: false })).toEqual([
      'ServiceAccount leaving',
      'ServiceAccount gone',
    ])
    expect(deletedAccounts(contents, names, { owner, dryRun: true })).toEqual([
      'ServiceAccount ours',
      'ServiceAccount leaving',
      'ServiceAccount gone',
    ])
  })
})

describe('a namespace', () => {
  const object = (kind: string, name: string, owner?: readonly [string, string]) => ({
    kind,
    metadata: { name, ...(owner && { ownerReferences: [{ kind: owner[0], name: owner[1] }] }) },
  })
  const defaultObjects = [
    object('ServiceAccount', 'default'),
    object('ConfigMap', 'kube-root-ca.crt'),
    object('Secret', 'default-token-x7k2p'),
  ]

  test('is empty with the default objects of every namespace', () => {
    expect(namespaceContents(defaultObjects, [])).toEqual({ leaving: [], others: [] })
  })

  test('is not empty with any other object, however similar its name', () => {
    const others = [
      object('ConfigMap', 'kube-root-ca.crt-2'),
      object('Secret', 'default-token'),
      object('Pod', 'default'),
    ]
    const { others: observed } = namespaceContents([...defaultObjects, ...others], [])
    expect(observed).toEqual(['ConfigMap kube-root-ca.crt-2', 'Secret default-token', 'Pod default'])
  })

  test('will be empty when all its objects belong to deleted ones, through any number of owners', () => {
    const contents = [
      object('Pod', 'hook-1-a', ['ReplicaSet', 'hook-1']),
      object('ReplicaSet', 'hook-1', ['Deployment', 'hook']),
      object('EndpointSlice', 'hook-x', ['Service', 'hook']),
      object('Endpoints', 'hook'),
      object('Secret', 'hook-token-abcde'),
    ]
    const going = ['Deployment hook', 'Service hook', 'ServiceAccount hook']
    expect(namespaceContents(contents, going).others).toEqual([])
    expect(namespaceContents(contents, going).leaving).toHaveLength(5)
    expect(namespaceContents(contents, ['Service hook', 'ServiceAccount hook']).others).toEqual([
      'Pod hook-1-a',
      'ReplicaSet hook-1',
    ])
  })

  test('will be empty when a deleted object owns the owners of the others', () => {
    const contents = [object('Pod', 'a', ['Job', 'b']), object('Job', 'b', ['CronJob', 'c'])]
    expect(namespaceContents(contents, ['CronJob c'])).toEqual({ leaving: ['Pod a', 'Job b'], others: [] })
  })

  test.each([
    ['ReplicaSets of another kind', object('Pod', 'a', ['MyReplicaSet', 'hook-1']), 'MyDeployment hook'],
    ['a longer end of a name', object('Pod', 'a', ['ReplicaSet', 'hook-0123456789ab']), 'Deployment hookab'],
    ['Endpoints of another kind', object('MyEndpoints', 'hook'), 'MyService hook'],
    ['Secrets of another kind', object('MySecret', 'hook-token-abcde'), 'MyServiceAccount hook'],
    ['a longer token', object('Secret', 'hook-token-abcdef'), 'ServiceAccount hookf'],
  ])('does not treat %s as belonging to a deleted object', (_, one, going) => {
    expect(namespaceContents([one], [going])).toEqual({ leaving: [], others: [`${one.kind} ${one.metadata.name}`] })
  })

  test('lists objects without a kind or a name, too', () => {
    expect(namespaceContents([{ metadata: { name: 'a' } }, { kind: 'Pod' }], []).others).toEqual([' a', 'Pod '])
  })

  test('will be empty when pods outlive the ReplicaSet of a deleted Deployment, and not when that belongs to another one', () => {
    const pods = [
      object('Pod', 'hook-5d8f9c7b66-a', ['ReplicaSet', 'hook-5d8f9c7b66']),
      object('Pod', 'hook-2-5d8f9c7b66-a', ['ReplicaSet', 'hook-2-5d8f9c7b66']),
    ]
    expect(namespaceContents(pods, ['Deployment hook'])).toEqual({
      leaving: ['Pod hook-5d8f9c7b66-a'],
      others: ['Pod hook-2-5d8f9c7b66-a'],
    })
    const made = object('ReplicaSet', 'hook-byhand')
    expect(namespaceContents([made], ['Deployment hook']).others).toEqual(['ReplicaSet hook-byhand'])
  })

  test('has each of its objects in exactly one of the lists', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const kind = fc.constantFrom('Pod', 'ReplicaSet', 'Deployment')
    const any = fc.record({ kind, name, owner: fc.option(fc.tuple(kind, name), { nil: undefined }) })
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { selector: (one) => `${one.kind} ${one.name}` }),
        fc.array(fc.tuple(kind, name)),
        (objects, going) => {
          const contents = objects.map((one) => object(one.kind, one.name, one.owner))
          const { leaving, others } = namespaceContents(
            contents,
            going.map((one) => one.join(' ')),
          )
          expect([...leaving, ...others].sort()).toEqual(objects.map((one) => `${one.kind} ${one.name}`).sort())
        },
      ),
    )
  })
})
