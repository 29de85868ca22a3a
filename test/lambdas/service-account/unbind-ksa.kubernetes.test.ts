import { beforeEach, describe, expect, it } from 'vitest'
import { NotYetConsistent } from '../../../lambdas/errors/step-errors.ts'
import { run } from '../../../lambdas/service-account/unbind-ksa.ts'
import { hasTokenSecrets, settledAccount } from '../../support/kubernetes/account-tokens.ts'
import { until } from '../../support/kubernetes/api-requests.ts'
import { clientOf, objectIn, writeAs, writesTo } from '../../support/kubernetes/clusters.ts'
import { type Binding, boundAccounts, roleArn } from '../../support/steps/bind-ksa.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const issuerUrl = 'https://prod-eu.issuer.example'
const name = 's3-reader'

const fixture = boundAccounts((clusters) => clusters.start('prod-eu', { issuer: issuerUrl }))
const bind = (binding: Binding = {}) => fixture.bind({ mode: 'managed', ...binding })

interface Unbinding {
  readonly dryRun?: boolean
  readonly issuer?: string
  readonly serviceAccount?: string
  readonly credentialsSecretArn?: string
  /** The accounts that the teardown deletes; only this one when left out. */
  readonly accounts?: string[]
}

async function unbind(unbinding: Unbinding = {}) {
  const { dryRun = false, issuer = issuerUrl, serviceAccount = name, accounts } = unbinding
  const { credentialsSecretArn = fixture.target.credentialsSecretArn } = unbinding
  const context = stepContext('prod-eu', 20_000, dryRun, foundStatus({ issuerUrl: issuer }))
  const workload = { namespace: fixture.namespace, serviceAccount }
  const target = { ...fixture.target, credentialsSecretArn }
  const request = { target, workload, accounts: accounts ?? [serviceAccount] }
  const result = await run(request, context)
  if ('waiting' in result) throw new Error('it never waits')
  return result
}

/** Repeats the step while tokens of the accounts exist, as the workflow does. Returns the last result. */
function unbindUntilDone(unbinding: Unbinding = {}) {
  const attempt = () =>
    unbind(unbinding).catch((error: unknown) => {
      if (error instanceof NotYetConsistent) return undefined
      throw error
    })
  return until(attempt, 'the deletion of the account', 30_000)
}

const account = (serviceAccount = name) =>
  objectIn(fixture.cluster, 'ServiceAccount', { name: serviceAccount, namespace: fixture.namespace })
const namespaceObject = () => objectIn(fixture.cluster, 'Namespace', { name: fixture.namespace })
const createNamespace = () =>
  writeAs(fixture.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fixture.namespace } })
const theirs = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: fixture.namespace, ...metadata },
})
/** Waits for the account `default` of the namespace, which a real cluster creates a moment later, with its ConfigMap of CAs. */
const untilNamespaceReady = () =>
  until(
    () => objectIn(fixture.cluster, 'ServiceAccount', { name: 'default', namespace: fixture.namespace }),
    'the account',
  )
/** Waits for the token of the deleted account, for which the removal of another account does not wait. */
const untilTokenIsDeleted = () =>
  until(async () => {
    const secrets = await fixture.cluster.objects('Secret', fixture.namespace)
    return !secrets.some(({ metadata }) => metadata.name.startsWith(`${name}-token-`))
  }, "the deletion of the account's token")

describe('the account of a workload', () => {
  it('is deleted with its namespace when we have created both, and the namespace is empty', async () => {
    await bind()
    await untilNamespaceReady()

    const listed = await unbind({ dryRun: true })
    expect(await account()).toBeDefined()
    fixture.cluster.calls.clear()
    const { changes, output } = await unbindUntilDone()
    const deletions = [
      { object: `ServiceAccount ${fixture.namespace}/${name}`, action: 'deleted' },
      { object: `Namespace ${fixture.namespace}`, action: 'deleted' },
    ]
    expect(listed.changes).toEqual(deletions)
    expect(writesTo(fixture.cluster)).toEqual([
      `DELETE /api/v1/namespaces/${fixture.namespace}/serviceaccounts/${name}`,
      `DELETE /api/v1/namespaces/${fixture.namespace}`,
    ])
    // The last attempt does not repeat the changes of an earlier one.
    expect(changes).toEqual(hasTokenSecrets(fixture.cluster) ? deletions.slice(-changes.length) : deletions)
    expect(output).toEqual({ remaining: [] })
    await until(async () => !(await namespaceObject()), 'the deletion of the namespace', 30_000)
  })

  it('is kept in a cluster without credentials, and the error names the cluster, the secret and both remedies', async () => {
    const credentialsSecretArn = `${fixture.target.credentialsSecretArn}-of-nobody`
    await expect(unbind({ credentialsSecretArn })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: credentialsSecretArn,
      reason: expect.stringMatching(
        /^there are no credentials of cluster .+: the secret is not there or has no value$/,
      ),
      action: expect.stringMatching(/^Put the credentials into it .* send the teardown again, or .* \?force=true/),
    })
  })

  it('that does not exist needs no write', async () => {
    expect(await unbind()).toEqual({ output: { remaining: [] }, changes: [] })
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('is listed in a dry run with its pods, and with no others', async () => {
    await bind()
    await untilNamespaceReady()
    const pod = (podName: string, serviceAccountName: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName, namespace: fixture.namespace },
      spec: { serviceAccountName, containers: [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }] },
    })
    await writeAs(fixture.cluster, 'somebody', pod('reads', name))
    await writeAs(fixture.cluster, 'somebody', pod('other', 'default'))

    const group = { namespace: fixture.namespace, serviceAccount: name, pods: ['reads'], count: 1 }
    expect((await unbind({ dryRun: true })).output).toEqual({ remaining: [], pods: [group], podsSeen: true })
  })

  it('is deleted without its namespace when that existed before', async () => {
    await createNamespace()
    const before = await namespaceObject()
    await bind()

    expect(await unbind()).toMatchObject({ changes: [{ action: 'deleted' }, { action: 'unchanged' }] })
    expect(await account()).toBeUndefined()
    expect(await namespaceObject()).toEqual(before)
  })

  it('is deleted without our namespace when that has another object of any kind', async () => {
    await bind()
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'leader', namespace: fixture.namespace },
    }
    const isServed = await clientOf(fixture.cluster).serves(lease.apiVersion, lease.kind)
    const other = isServed
      ? lease
      : { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'leader', namespace: fixture.namespace } }
    await writeAs(fixture.cluster, 'somebody', other)

    const { changes } = await unbind()
    expect(changes.at(-1)).toMatchObject({
      object: `Namespace ${fixture.namespace}`,
      action: 'unchanged',
      detail: `it stays: there is more in it: ${other.kind} leader`,
    })
    expect(await namespaceObject()).toBeDefined()
  })

  it('is deleted without its namespace, which is deleted with the account of the last workload', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })

    expect((await unbind()).changes.at(-1)).toMatchObject({ action: 'unchanged' })
    expect(await account('s3-writer')).toBeDefined()
    await untilTokenIsDeleted()
    const { changes } = await unbindUntilDone({ serviceAccount: 's3-writer' })
    expect(changes.at(-1)).toEqual({ object: `Namespace ${fixture.namespace}`, action: 'deleted' })
  })
})

describe('a namespace of ours', () => {
  const emulated = fixture.beside((clusters) => clusters.emulate('throttling', { issuer: issuerUrl }))
  const attempt = () =>
    run(
      {
        target: emulated.target,
        workload: { namespace: emulated.namespace, serviceAccount: name },
        accounts: [name],
      },
      stepContext('throttling', 20_000, false, foundStatus({ issuerUrl })),
    )

  it('that may not be deleted remains, and is named', async () => {
    await emulated.bind({ mode: 'managed' })
    const { cluster, namespace } = emulated
    cluster.faults.add({ kind: 'refuse', operation: `DELETE /api/v1/namespaces/${namespace}`, times: 1 })
    expect(await attempt()).toMatchObject({
      output: { remaining: [{ name: 'AccessDenied', object: `Namespace ${namespace}` }] },
    })
  })

  it('is deleted by the next attempt after a transient error while the step lists it', async () => {
    await emulated.bind({ mode: 'managed' })
    const { cluster, namespace } = emulated
    cluster.faults.add({ kind: 'throttle', operation: `GET /api/v1/namespaces/${namespace}/configmaps*`, times: 1 })

    await expect(attempt()).rejects.toMatchObject({ name: 'CloudUnavailable' })
    const isDeleted = () => attempt().catch(() => undefined)
    expect(await until(isDeleted, 'the deletion of the namespace', 30_000)).toMatchObject({
      changes: [{ object: `Namespace ${namespace}`, action: 'deleted' }],
    })
  })
})

describe('the accounts of two workloads in one teardown', () => {
  const accounts = [name, 's3-writer']
  const both = async (dryRun: boolean) => {
    const results = []
    for (const serviceAccount of accounts) results.push(await unbindUntilDone({ dryRun, serviceAccount, accounts }))
    return results.flatMap(({ changes }) => changes).filter(({ object }) => object === `Namespace ${fixture.namespace}`)
  }
  it('are deleted with their namespace, as a dry run reports', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await untilNamespaceReady()

    expect(await both(true)).toContainEqual(expect.objectContaining({ action: 'deleted' }))
    await both(false)
    await until(async () => !(await namespaceObject()), 'the deletion of the namespace', 30_000)
  })

  it('are deleted without their namespace when that has another object, as a dry run reports', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await writeAs(fixture.cluster, 'argocd', theirs({ name: 's3-writer', annotations: { note: 'theirs' } }))

    for (const dryRun of [true, false]) {
      const detail = expect.stringMatching(/^it stays: there is more in it: .*ServiceAccount s3-writer/)
      expect(await both(dryRun)).toEqual(accounts.map(() => expect.objectContaining({ action: 'unchanged', detail })))
    }
  })

  it('wait for the tokens of both, and each for the deletion of the other', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await untilNamespaceReady()
    const type = { apiVersion: 'v1', kind: 'Secret' } as const
    const token = { name: 's3-writer-token-x7k2p', namespace: fixture.namespace }
    await writeAs(fixture.cluster, 'controller', { ...type, metadata: token })

    expect((await unbind({ accounts })).changes.at(-1)).toMatchObject({
      action: 'unchanged',
      detail: expect.stringContaining('ServiceAccount s3-writer'),
    })
    await clientOf(fixture.cluster).delete({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      name: 's3-writer',
      namespace: fixture.namespace,
    })
    await expect(unbind({ accounts })).rejects.toMatchObject({ name: 'NotYetConsistent' })
    await clientOf(fixture.cluster).delete({ ...type, ...token })
    await unbindUntilDone({ accounts })
    await until(async () => !(await namespaceObject()), 'the deletion of the namespace', 30_000)
  })
})

describe('an account of another owner', () => {
  beforeEach(createNamespace)

  it('without our label is not changed', async () => {
    await writeAs(fixture.cluster, 'kubectl', theirs({ annotations: { 'eks.amazonaws.com/role-arn': roleArn } }))
    const before = await settledAccount(fixture.cluster, { name, namespace: fixture.namespace })
    fixture.cluster.calls.clear()

    expect((await unbind()).changes[0]).toMatchObject({ action: 'unchanged', detail: expect.stringContaining('stays') })
    expect(await account()).toEqual(before)
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('that was adopted is kept without the role, our label and our annotations', async () => {
    const annotations = { 'eks.amazonaws.com/audience': 'their-own', note: 'theirs' }
    await writeAs(fixture.cluster, 'kubectl', theirs({ labels: { team: 'data' }, annotations }))
    await bind({ adopt: true })

    expect((await unbind()).changes[0]).toMatchObject({ action: 'updated' })
    expect((await account())?.metadata).toMatchObject({ labels: { team: 'data' }, annotations })
    expect((await account())?.metadata.annotations).toEqual(annotations)
    expect((await account())?.metadata.labels).toEqual({ team: 'data' })
    fixture.cluster.calls.clear()
    await unbind()
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('that we have created is kept while another manager owns fields, and the change names that manager', async () => {
    await bind()
    await writeAs(fixture.cluster, 'argocd', theirs({ annotations: { note: 'theirs' } }))

    expect((await unbind()).changes[0]).toMatchObject({ action: 'updated', detail: expect.stringContaining('argocd') })
    expect((await account())?.metadata.annotations).toEqual({ note: 'theirs' })
    expect((await account())?.metadata.labels).toBeUndefined()
  })

  it('is not changed with the credentials of another cluster', async () => {
    await bind()
    fixture.cluster.calls.clear()

    await expect(unbind({ issuer: 'https://issuer.example/another' })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: fixture.target.credentialsSecretArn,
    })
    expect(writesTo(fixture.cluster)).toEqual([])
    expect(await account()).toBeDefined()
  })
})

it('an account that was changed after the read is not deleted', async () => {
  await createNamespace()
  await bind()
  const client = clientOf(fixture.cluster)
  const ref = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: fixture.namespace, name } as const
  const observed = await client.get(ref)
  await writeAs(fixture.cluster, 'argocd', theirs({ annotations: { note: 'theirs' } }))

  await expect(client.delete(ref, observed)).rejects.toMatchObject({ name: 'ConcurrentChange' })
  expect(await account()).toBeDefined()
})
