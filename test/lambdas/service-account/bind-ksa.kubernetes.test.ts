import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../lambdas/service-account/bind-ksa.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { send } from '../../support/api-requests.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws-account.ts'
import { bastionUrl, type Clusters, objectIn, startClusters, writeAs, writesTo } from '../../support/clusters.ts'
import { foundStatus, stepContext } from '../../support/step-context.ts'

const roleArn = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-default-s3-reader'
const otherRole = 'arn:aws:iam::000000000000:role/somebody-elses'

let aws: AwsAccount
let clusters: Clusters
let cluster: AnyCluster
let credentialsSecretArn: string
let namespace = ''
let count = 0

beforeAll(async () => {
  ;[aws, clusters] = await Promise.all([startAwsAccount(), startClusters()])
  cluster = await clusters.start('prod-eu', { behindBastion: true })
  credentialsSecretArn = await new SecretKeeper(aws.endpoint).keep('prod-eu/user-cluster', cluster.kubeconfig())
})
afterAll(async () => {
  await clusters.end()
  await aws.end()
})
beforeEach(() => {
  count += 1
  namespace = `team-${count}`
  cluster.calls.clear()
})

interface Ask {
  serviceAccount?: string
  adopt?: boolean
  minor?: number
  image?: string
  mode?: 'install' | 'managed' | 'none'
  dryRun?: boolean
}

function bind({ serviceAccount = 's3-reader', adopt = false, minor = 33, image, mode = 'install', dryRun }: Ask = {}) {
  const request = {
    target: { name: 'prod-eu', credentialsSecretArn, proxyUrl: bastionUrl },
    webhook: {
      mode,
      certificate: 'auto' as const,
      namespace: 'workload-identity-webhook',
      failurePolicy: 'Ignore' as const,
      ...(image !== undefined && { image }),
    },
    workload: {
      namespace,
      serviceAccount,
      role: { name: 'prod-eu-default-s3-reader', policyArns: [], maxSessionSeconds: 3600 },
    },
    roleArn,
    adopt,
  }
  return run(request, stepContext('prod-eu', undefined, dryRun, foundStatus({ kubernetesMinor: minor })))
}

const account = (name = 's3-reader') => objectIn(cluster, 'ServiceAccount', { name, namespace })
const theirAccount = (annotations: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 's3-reader', namespace, annotations },
})
const makeNamespace = () =>
  writeAs(cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })

describe('binding a service account to its role', () => {
  it('makes namespace and account, both marked as ours', async () => {
    const result = await bind()

    expect(result).toEqual({
      output: {},
      changes: [
        { object: `Namespace ${namespace}`, action: 'created' },
        { object: `ServiceAccount ${namespace}/s3-reader`, action: 'created' },
      ],
    })
    expect((await account())?.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/managed-by': 'workload-identity' },
      annotations: {
        'eks.amazonaws.com/role-arn': roleArn,
        'eks.amazonaws.com/token-expiration': '86400',
        'eks.amazonaws.com/sts-regional-endpoints': 'true',
      },
    })
    expect((await objectIn(cluster, 'Namespace', { name: namespace }))?.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'workload-identity',
    })
  })

  it('writes nothing the second time', async () => {
    await bind()
    cluster.calls.clear()

    expect(await bind()).toMatchObject({ changes: [{ action: 'unchanged' }] })
    expect(writesTo(cluster)).toEqual([])
  })

  it('uses a namespace of somebody else and leaves it as it is', async () => {
    await makeNamespace()
    const before = await objectIn(cluster, 'Namespace', { name: namespace })

    expect(await bind()).toMatchObject({ changes: [{ object: `ServiceAccount ${namespace}/s3-reader` }] })
    expect(await objectIn(cluster, 'Namespace', { name: namespace })).toEqual(before)
  })

  it('can be done for many accounts of a new namespace at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `account-${index}`)
    await Promise.all(names.map((serviceAccount) => bind({ serviceAccount })))

    const made = await Promise.all(names.map((name) => account(name)))
    expect(made.map((one) => one?.metadata.name)).toEqual(names)
  })

  it.each([
    [{ minor: 20 }, undefined],
    [{ minor: 33, image: 'amazon/amazon-eks-pod-identity-webhook:v0.2.0' }, undefined],
    [{ minor: 33, image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17' }, 'true'],
    [{ mode: 'managed' as const }, 'true'],
    [{ mode: 'none' as const }, undefined],
  ])('asks for regional endpoints only where the webhook reads it rightly: %o', async (ask, expected) => {
    await bind(ask)
    expect((await account())?.metadata.annotations?.['eks.amazonaws.com/sts-regional-endpoints']).toBe(expected)
  })
})

describe('a dry run', () => {
  const dryRun = async (ask: Ask = {}) => {
    cluster.calls.clear()
    const result = await bind({ ...ask, dryRun: true })
    expect(writesTo(cluster)).toEqual([])
    return result
  }

  it('tells exactly what is then done, and after that nothing', async () => {
    expect(await dryRun()).toEqual(await bind())
    expect(await dryRun()).toMatchObject({ changes: [{ action: 'unchanged' }] })
  })

  it('in a namespace that is there tells the account alone', async () => {
    await makeNamespace()
    expect(await dryRun()).toEqual({
      output: {},
      changes: [{ object: `ServiceAccount ${namespace}/s3-reader`, action: 'created' }],
    })
  })

  it('names an annotation that is gone, and one that others have added', async () => {
    await bind()
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/s3-reader?fieldManager=kubectl-annotate`
    const annotations = { 'eks.amazonaws.com/token-expiration': null, 'eks.amazonaws.com/audience': 'theirs' }
    const contentType = 'application/merge-patch+json'
    await send(cluster, `PATCH ${path}`, { body: { metadata: { annotations } }, contentType })
    expect(await dryRun()).toMatchObject({
      changes: [
        {
          action: 'updated',
          differences: [{ field: 'metadata.annotations.eks.amazonaws.com/token-expiration', desired: '86400' }],
          additions: [{ field: 'metadata.annotations.eks.amazonaws.com/audience', observed: 'theirs' }],
        },
      ],
    })
  })

  it('names the role that somebody else set, and who', async () => {
    await bind()
    await writeAs(cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
    expect(await dryRun()).toMatchObject({
      changes: [
        {
          action: 'updated',
          differences: [
            {
              field: 'metadata.annotations.eks.amazonaws.com/role-arn',
              desired: roleArn,
              observed: otherRole,
              manager: 'kubectl-annotate',
            },
          ],
          refused: { name: 'FieldConflict', reason: expect.stringContaining(`${otherRole}, set by kubectl-annotate`) },
        },
      ],
    })
  })
})

describe('a service account that somebody else made', () => {
  beforeEach(makeNamespace)

  it('is refused without adopt', async () => {
    await writeAs(cluster, 'helm', theirAccount({}))
    cluster.calls.clear()

    await expect(bind()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: `ServiceAccount ${namespace}/s3-reader`,
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('is adopted from kubectl with another role', async () => {
    await writeAs(cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))

    expect(await bind({ adopt: true })).toMatchObject({ changes: [{ action: 'adopted' }] })
    expect((await account())?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
  })

  it('keeps another role that a controller set, which is named with it', async () => {
    await writeAs(cluster, 'helm', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))
    cluster.calls.clear()

    await expect(bind({ adopt: true })).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: `its annotation eks.amazonaws.com/role-arn names ${otherRole}, set by helm`,
    })
    expect(writesTo(cluster)).toEqual([])
  })

  it('keeps another role that was set on an account of ours', async () => {
    await bind()
    await writeAs(cluster, 'kubectl-annotate', theirAccount({ 'eks.amazonaws.com/role-arn': otherRole }))

    await expect(bind()).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: expect.stringContaining(`${otherRole}, set by kubectl-annotate`),
    })
  })
})
