import { createHash } from 'node:crypto'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { project } from '../../../sandbox/google/project.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { handMadeCluster } from '../../e2e/support/clusters/hand-made-cluster.ts'
import { kubectlApply } from '../../e2e/support/clusters/kubectl.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { driftOf, planOf, writesIn } from '../../e2e/support/runs/comparison.ts'
import { endState } from '../../e2e/support/runs/end-state.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { roleNameOf } from '../../support/aws/roles.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'

const webhookNamespace = 'workload-identity-webhook'

describe('objects that a user created by hand, by the documented procedure', () => {
  let running: System
  let iam: IAMClient
  let own: OwnCluster
  let cluster: Cluster
  let bucket: string
  let issuer: string

  /** The AWSCluster already exists, so the request has no spec. */
  const body = (edits = {}) => own.body({ 'cluster.spec': undefined, 'cluster.nodePools': undefined, ...edits })
  const roleName = (account: string) => roleNameOf(own.name, account)

  beforeAll(async () => {
    running = await system()
    iam = iamClient(running)
    own = await ownCluster(running, 'hand', 'csr-cluster')
    ;({ cluster, bucket } = await handMadeCluster(running, own))
    issuer = cluster.settings.issuer
    for (const manifest of documentedManifest(webhookNamespace, cluster.caPem)) await kubectlApply(cluster, manifest)
    await makeProvider()
    await makeRole('s3-reader')
    await makeAccount('s3-reader')
  })
  afterAll(() => iam.destroy())

  /** With the thumbprint that the document pins. */
  function makeProvider() {
    const ThumbprintList = [createHash('sha1').update('expired').digest('hex')]
    const ClientIDList = ['sts.amazonaws.com']
    return iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ThumbprintList, ClientIDList }))
  }

  function makeRole(account: string) {
    const federated = { Federated: `arn:aws:iam::000000000000:oidc-provider/${issuer.replace('https://', '')}` }
    const statement = { Effect: 'Allow', Principal: federated, Action: 'sts:AssumeRoleWithWebIdentity' }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    return iam.send(
      new CreateRoleCommand({
        RoleName: roleName(account),
        Path: `/workload-identity/${own.name}/`,
        AssumeRolePolicyDocument,
      }),
    )
  }

  function makeAccount(name: string) {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::000000000000:role/by-hand' }
    return kubectlApply(cluster, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'default', annotations },
    })
  }

  /** A request without adopt does not change objects of another owner. */
  async function expectNotOurs(edits: Record<string, unknown>, step: string, object: unknown): Promise<void> {
    const { status, error } = await running.setUp(body(edits))
    expect({ status, error }).toMatchObject({
      status: 'failed',
      error: { name: 'OwnershipConflict', step, object, action: expect.stringContaining('adopt: true') },
    })
  }

  it('fail a setup without adopt, with an error that names the object', async () => {
    const before = await endState(running, own.name)
    await expectNotOurs({}, 'CreateBucket', expect.stringContaining(bucket))
    const withoutBucket = { discovery: undefined }
    const withoutWebhook = { webhook: { mode: 'none' } }
    await expectNotOurs({ ...withoutBucket, ...withoutWebhook }, 'RegisterOidc', expect.stringContaining(bucket))

    // Without the delay, the step of the provider would fail first, and end the operation before the webhook's step starts.
    const provider = { operation: 'iam:GetOpenIDConnectProvider', object: `*/${bucket}/*`, actor: '*RegisterOidc*' }
    await running.sandbox.aws.faults.add({ kind: 'delay', ...provider, delayMs: 10_000, times: 1 })
    const both = await running.start(body(withoutBucket))
    const webhook = await running.until(both, ({ steps }) =>
      steps.some(({ state, error }) => state === 'DeployWebhook' && error !== undefined),
    )
    expect(webhook.steps.find(({ state }) => state === 'DeployWebhook')?.error).toMatchObject({
      name: 'OwnershipConflict',
    })
    await running.ended(both)
    expect(await endState(running, own.name)).toEqual(before)
  })

  it('are changed to match a request with adopt as its plan reports, and each is labelled as adopted', async () => {
    const plan = await planOf(running, body({ adopt: true }))
    const operation = await running.setUp(body({ adopt: true }))
    expect(operation.error).toBeUndefined()
    expect(plan).toMatchObject({ unknown: [], problems: [] })
    expect(lastingOf(writesIn(operation.steps.flatMap(({ changes }) => changes)))).toEqual(
      lastingOf(writesIn(plan.writes)),
    )
    expect(operation.result?.proofs).toMatchObject([{ mutation: 'mutated' }])

    const { labels } = await running.sandbox.google.buckets.get(project.administrator, bucket)
    expect(labels).toMatchObject({ 'managed-by': 'workload-identity', 'workload-identity-adopted': 'true' })
    const lines = await endState(running, own.name)
    const tag = JSON.stringify({ Key: 'workload-identity:adopted', Value: 'true' })
    expect(lines.filter((line) => line.includes(tag))).toEqual([
      expect.stringContaining(':oidc-provider/'),
      expect.stringContaining('service account default/s3-reader'),
    ])
    for (const { kind, metadata } of [...documentedManifest(webhookNamespace, ''), account('s3-reader')]) {
      const observed = cluster.store.get(kind, metadata.name, metadata.namespace)
      expect({ kind, ...observed?.metadata }).toMatchObject({
        kind,
        labels: { 'app.kubernetes.io/managed-by': 'workload-identity' },
        annotations: { 'workload-identity/adopted': 'true' },
      })
    }
  })

  it('stay adopted after the same request without adopt, which writes nothing', async () => {
    const since = Date.now()
    expect((await running.setUp(body())).error).toBeUndefined()
    expect(await driftOf(running, own.name)).toMatchObject({
      summary: { differences: 0 },
      unreachable: [],
      problems: [],
    })
    expect(await running.writesOf(own.name, since)).toEqual([])
  })

  it('fail a setup as the role or the service account of another workload, too', async () => {
    await makeRole('by-role')
    const workload = (serviceAccount: string) => [{ namespace: 'default', serviceAccount, role: { policyArns: [] } }]
    await expectNotOurs({ workloads: workload('by-role') }, 'CreateRole', expect.stringContaining(roleName('by-role')))
    await makeAccount('by-account')
    await expectNotOurs({ workloads: workload('by-account') }, 'BindKsa', 'ServiceAccount default/by-account')
  })
})

/** Without the writes of the candidate and the canary, and those by which a setup changes the webhook in use without a gap. */
function lastingOf(writes: readonly string[]): readonly string[] {
  const unplanned = ['updated MutatingWebhookConfiguration pod-identity-webhook', 'deleted CertificateSigningRequest']
  return writes.filter((write) => !/-(candidate|canary)/.test(write) && !unplanned.includes(write))
}

function account(name: string) {
  return { kind: 'ServiceAccount', metadata: { name, namespace: 'default' } }
}
