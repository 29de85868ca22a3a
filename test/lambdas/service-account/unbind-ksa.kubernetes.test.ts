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
const bind = (ask: Binding = {}) => fixture.bind({ mode: 'managed', ...ask })

interface Unbinding {
  readonly dryRun?: boolean
  readonly issuer?: string
  readonly serviceAccount?: string
  readonly credentialsSecretArn?: string
  /** All that go together; alone when it is left out. */
  readonly accounts?: string[]
}

async function unbind(asked: Unbinding = {}) {
  const { dryRun = false, issuer = issuerUrl, serviceAccount = name, accounts } = asked
  const { credentialsSecretArn = fixture.target.credentialsSecretArn } = asked
  const context = stepContext('prod-eu', 20_000, dryRun, foundStatus({ issuerUrl: issuer }))
  const workload = { namespace: fixture.namespace, serviceAccount }
  const target = { ...fixture.target, credentialsSecretArn }
  const request = { target, workload, accounts: accounts ?? [serviceAccount] }
  const result = await run(request, context)
  if ('waiting' in result) throw new Error('it never waits')
  return result
}

/** As the workflow does it: the step looks again while the account's token goes. Gives back what the last look did. */
function unbindPatiently(asked: Parameters<typeof unbind>[0] = {}) {
  const observe = () =>
    unbind(asked).catch((error: unknown) => {
      if (error instanceof NotYetConsistent) return undefined
      throw error
    })
  return until(observe, 'the end of the account', 30_000)
}

const account = (serviceAccount = name) =>
  objectIn(fixture.cluster, 'ServiceAccount', { name: serviceAccount, namespace: fixture.namespace })
const namespaceObject = () => objectIn(fixture.cluster, 'Namespace', { name: fixture.namespace })
const makeNamespace = () =>
  writeAs(fixture.cluster, 'kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fixture.namespace } })
const theirs = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: fixture.namespace, ...metadata },
})
/** A real cluster gives each namespace its account and its authorities a moment later. */
const untilMade = () =>
  until(() => objectIn(fixture.cluster, 'ServiceAccount', { name: 'default', namespace: fixture.namespace }), 'the account')
/** Of the account that was deleted: no other account's removal waits for it. */
const untilTokenIsGone = () =>
  until(async () => {
    const secrets = await fixture.cluster.objects('Secret', fixture.namespace)
    return !secrets.some(({ metadata }) => metadata.name.startsWith(`${name}-token-`))
  }, "the end of the account's token")
const deleted = { object: `ServiceAccount ${'unbound'}`, action: 'deleted' }

describe('the account of a workload', () => {
  it('goes with its namespace when we made both, and nothing else is in it', async () => {
    await bind()
    await untilMade()

    const listed = await unbind({ dryRun: true })
    expect(await account()).toBeDefined()
    fixture.cluster.calls.clear()
    const { changes, output } = await unbindPatiently()
    const goes = [
      { ...deleted, object: `ServiceAccount ${fixture.namespace}/${name}` },
      { ...deleted, object: `Namespace ${fixture.namespace}` },
    ]
    expect(listed.changes).toEqual(goes)
    expect(writesTo(fixture.cluster)).toEqual([
      `DELETE /api/v1/namespaces/${fixture.namespace}/serviceaccounts/${name}`,
      `DELETE /api/v1/namespaces/${fixture.namespace}`,
    ])
    // What an earlier look has done is not done again.
    expect(changes).toEqual(hasTokenSecrets(fixture.cluster) ? goes.slice(-changes.length) : goes)
    expect(output).toEqual({ remaining: [] })
    await until(async () => !(await namespaceObject()), 'the end of the namespace', 30_000)
  })

  it('stays in a cluster without credentials, and the error names the cluster, the secret and both ways on', async () => {
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

  it('that is not there any more is nothing to do', async () => {
    expect(await unbind()).toEqual({ output: { remaining: [] }, changes: [] })
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('is listed in a dry run with the pods that run with it, and with no others', async () => {
    await bind()
    await untilMade()
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

  it('goes, and its namespace stays, when that was there before', async () => {
    await makeNamespace()
    const before = await namespaceObject()
    await bind()

    expect(await unbind()).toMatchObject({ changes: [{ action: 'deleted' }, { action: 'unchanged' }] })
    expect(await account()).toBeUndefined()
    expect(await namespaceObject()).toEqual(before)
  })

  it('leaves a namespace that we made and in which something else is, whatever that is', async () => {
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

  it('leaves its namespace to the account of another workload, which takes it along', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })

    expect((await unbind()).changes.at(-1)).toMatchObject({ action: 'unchanged' })
    expect(await account('s3-writer')).toBeDefined()
    await untilTokenIsGone()
    const { changes } = await unbindPatiently({ serviceAccount: 's3-writer' })
    expect(changes.at(-1)).toEqual({ ...deleted, object: `Namespace ${fixture.namespace}` })
  })
})

describe('a look into the namespace that fails in passing', () => {
  const emulated = fixture.beside((clusters) => clusters.emulate('throttling', { issuer: issuerUrl }))

  it('fails the step, and the next attempt deletes the namespace', async () => {
    await emulated.bind({ mode: 'managed' })
    const { cluster, namespace, target } = emulated
    const attempt = () =>
      run(
        { target, workload: { namespace, serviceAccount: name }, accounts: [name] },
        stepContext('throttling', 20_000, false, foundStatus({ issuerUrl })),
      )
    cluster.faults.add({ kind: 'throttle', operation: `GET /api/v1/namespaces/${namespace}/configmaps*`, times: 1 })

    await expect(attempt()).rejects.toMatchObject({ name: 'CloudUnavailable' })
    const isDeleted = () => attempt().catch(() => undefined)
    expect(await until(isDeleted, 'the end of the namespace', 30_000)).toMatchObject({
      changes: [{ ...deleted, object: `Namespace ${namespace}` }],
    })
  })
})

describe('the accounts of two workloads that go together', () => {
  const accounts = [name, 's3-writer']
  const both = async (dryRun: boolean) => {
    const results = []
    for (const serviceAccount of accounts) results.push(await settled({ dryRun, serviceAccount, accounts }))
    return results.flatMap(({ changes }) => changes).filter(({ object }) => object === `Namespace ${fixture.namespace}`)
  }
  /** As the state machine does it: again until what the accounts leave behind is gone. */
  const settled = (unbinding: Unbinding) =>
    until(() =>
      unbind(unbinding).catch((error: unknown) => {
        if (error instanceof NotYetConsistent) return undefined
        throw error
      }),
    )

  it('take their namespace along, as a dry run says', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await untilMade()

    expect(await both(true)).toContainEqual(expect.objectContaining({ action: 'deleted' }))
    await both(false)
    await until(async () => !(await namespaceObject()), 'the end of the namespace', 30_000)
  })

  it('leave it to what else is in it, as a dry run says', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await writeAs(fixture.cluster, 'argocd', theirs({ name: 's3-writer', annotations: { note: 'theirs' } }))

    for (const dryRun of [true, false]) {
      const detail = expect.stringMatching(/^it stays: there is more in it: .*ServiceAccount s3-writer/)
      expect(await both(dryRun)).toEqual(accounts.map(() => expect.objectContaining({ action: 'unchanged', detail })))
    }
  })

  it('wait for what either has left in it, and each for the other to be deleted', async () => {
    await bind()
    await bind({ serviceAccount: 's3-writer' })
    await untilMade()
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
    await settled({ accounts })
    await until(async () => !(await namespaceObject()), 'the end of the namespace', 30_000)
  })
})

describe("what is somebody else's", () => {
  beforeEach(makeNamespace)

  it('is not touched: an account of the name without our mark', async () => {
    await writeAs(fixture.cluster, 'kubectl', theirs({ annotations: { 'eks.amazonaws.com/role-arn': roleArn } }))
    const before = await settledAccount(fixture.cluster, { name, namespace: fixture.namespace })
    fixture.cluster.calls.clear()

    expect((await unbind()).changes[0]).toMatchObject({ action: 'unchanged', detail: expect.stringContaining('stays') })
    expect(await account()).toEqual(before)
    expect(writesTo(fixture.cluster)).toEqual([])
  })

  it('stays when we adopted it: it loses the role and our marks, and keeps everything else', async () => {
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

  it('stays in an account that we made and another manager owns fields in, who is named', async () => {
    await bind()
    await writeAs(fixture.cluster, 'argocd', theirs({ annotations: { note: 'theirs' } }))

    expect((await unbind()).changes[0]).toMatchObject({ action: 'updated', detail: expect.stringContaining('argocd') })
    expect((await account())?.metadata.annotations).toEqual({ note: 'theirs' })
    expect((await account())?.metadata.labels).toBeUndefined()
  })

  it('is not reached by credentials that lead to another cluster', async () => {
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

it('an account that was changed after the look is not deleted by it', async () => {
  await makeNamespace()
  await bind()
  const client = clientOf(fixture.cluster)
  const ref = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: fixture.namespace, name } as const
  const seen = await client.get(ref)
  await writeAs(fixture.cluster, 'argocd', theirs({ annotations: { note: 'theirs' } }))

  await expect(client.delete(ref, seen)).rejects.toMatchObject({ name: 'ConcurrentChange' })
  expect(await account()).toBeDefined()
})
