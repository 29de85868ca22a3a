import { DeleteSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { description } from '../../../lambdas/credentials/renew-credentials.step.ts'
import { run } from '../../../lambdas/credentials/renew-credentials.ts'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record/record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { managementManifests, type Rights, userClusterManifests } from '../../../lambdas/rights/manifests.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { newOperation, setUpStatus } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { type AccountCredentialsOptions, accountCredentials } from '../../support/aws/account-credentials.ts'
import { notifiedAccount } from '../../support/aws/notified-account.ts'
import { clientOf, writesTo } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { type Granted, grant } from '../../support/kubernetes/rights.ts'
import { keyRefsOf } from '../../support/steps/key-refs.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const aws = notifiedAccount()
const clusters = reachableClusters()
let secrets: SecretKeeper
let count = 0

beforeAll(() => {
  secrets = new SecretKeeper(aws.aws.endpoint)
})

const dayMs = 86_400_000

interface Connected {
  readonly name: string
  readonly cluster: Cluster
  readonly granted: Granted
  readonly secretArn: string
  /** Stores credentials of this age, and returns their token. */
  store(options?: Partial<AccountCredentialsOptions>): Promise<string>
  token(): Promise<string>
  renew(options?: { readonly dryRun?: boolean; readonly status?: Partial<ClusterStatus> }): ReturnType<typeof run>
}

/** Starts a cluster whose service account has the rights of a setup, and the right to renew its token. */
async function connected({ renewal = true } = {}): Promise<Connected> {
  count += 1
  const name = `renewed-${count}`
  const cluster = await clusters.emulate(name)
  const setup = rightsSetupOf(exampleRequest('existing-cluster'))
  const granted = await grant(
    cluster,
    userClusterManifests({ ...setup, cluster: name, mode: 'none', workloads: [], renewal }),
  )
  const secretArn = await secrets.keep(`${name}/user-cluster`, cluster.kubeconfig())
  const target = { name, credentialsSecretArn: secretArn }
  return {
    name,
    cluster,
    granted,
    secretArn,
    async store(options) {
      const issued = { account: 'workload-identity', days: 90, left: 20, isMarked: true, ...options }
      const { kubeconfig, token } = await accountCredentials(cluster, issued)
      await secrets.keep(`${name}/user-cluster`, kubeconfig)
      cluster.calls.clear()
      return token
    },
    token: async () => parse(await storedIn(secretArn)).users[0].user.token,
    renew({ dryRun = false, status } = {}) {
      const input = description.input.parse({ target, issuerUrl: cluster.settings.issuer })
      return run(input, stepContext(name, undefined, dryRun, status))
    },
  }
}

async function storedIn(SecretId: string): Promise<string> {
  const client = new SecretsManagerClient()
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? ''
  } finally {
    client.destroy()
  }
}

async function secretsOf(result: ReturnType<typeof run>) {
  const ended = await result
  if ('waiting' in ended) throw new Error('it waits')
  return { ...ended.output, changes: ended.changes, observed: ended.observed }
}

describe('a token that is due for renewal', () => {
  it('is renewed with the same lifetime, with the rights of the manifests, and without another change of the secret', async () => {
    const own = await connected()
    const old = await own.store()
    const before = await storedIn(own.secretArn)
    const { secrets: reported, changes, observed } = await secretsOf(own.renew())
    const token = await own.token()
    expect(token).not.toBe(old)
    const { exp = 0, iat = 0, sub } = decodeJwt(token)
    expect([exp - iat, sub]).toEqual([90 * 86_400, 'system:serviceaccount:workload-identity-setup:workload-identity'])
    expect(await storedIn(own.secretArn)).toBe(before.replace(old, token))
    const endsAt = new Date(exp * 1000).toISOString()
    expect(reported).toEqual([{ secretArn: own.secretArn, outcome: 'renewed', endsAt }])
    expect(changes).toEqual([{ object: own.secretArn, action: 'updated', detail: 'a new token' }])
    expect(observed).toEqual({ credentials: { endsAt, renewed: true }, managementCredentials: undefined })
    expect(JSON.stringify([reported, changes, observed])).not.toContain(token)
    expect(await aws.taken()).toEqual([])
  })

  it('is not renewed again by the next run', async () => {
    const own = await connected()
    await own.store()
    await own.renew()
    const token = await own.token()
    own.cluster.calls.clear()
    expect((await secretsOf(own.renew())).changes).toEqual([])
    expect(await own.token()).toBe(token)
    expect(own.cluster.calls.all()).toEqual([])
  })

  it('is reported by a dry run, and not renewed', async () => {
    const own = await connected()
    const old = await own.store()
    expect((await secretsOf(own.renew({ dryRun: true }))).changes).toMatchObject([{ action: 'updated' }])
    expect(await own.token()).toBe(old)
    expect(writesTo(own.cluster)).toEqual([])
  })

  it.for([
    { what: 'is not marked', options: { isMarked: false }, why: 'not marked' },
    {
      what: 'is of another account',
      options: { account: 'default', namespace: 'default' },
      why: 'not a token of the account',
    },
  ])('is not renewed when it $what', async ({ options, why }) => {
    const own = await connected()
    const old = await own.store(options)
    expect((await secretsOf(own.renew())).secrets).toMatchObject([
      { outcome: 'kept', why: expect.stringContaining(why) },
    ])
    expect(await own.token()).toBe(old)
    expect(own.cluster.calls.all()).toEqual([])
  })

  it('is not renewed without the right to create one, which is no failure', async () => {
    const own = await connected({ renewal: false })
    const old = await own.store()
    expect((await secretsOf(own.renew())).secrets).toMatchObject([
      { outcome: 'kept', why: expect.stringContaining('may not create serviceaccounts/token') },
    ])
    expect(await own.token()).toBe(old)
  })

  it('is not replaced when the cluster refuses the new one', async () => {
    const own = await connected()
    const old = await own.store()
    const refusal = { kind: 'refuse', operation: 'POST *serviceaccounts/default/token*', times: 1 } as const
    own.cluster.faults.interrupt({
      operation: 'POST *serviceaccounts/workload-identity/token*',
      meanwhile: async () => own.cluster.faults.add(refusal),
      answer: 'sent',
    })
    await expect(own.renew()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(await own.token()).toBe(old)
  })

  it('is not replaced by a token that the cluster refuses', async () => {
    const own = await connected()
    const old = await own.store()
    const { signer } = own.cluster
    const { keyId } = signer
    const refusedKey = signer.addVerificationKey()
    signer.signWith(refusedKey)
    own.cluster.faults.interrupt({
      operation: 'POST *serviceaccounts/workload-identity/token*',
      meanwhile: async () => {
        signer.signWith(keyId)
        signer.removeKey(refusedKey)
      },
      answer: 'sent',
    })
    await expect(own.renew()).rejects.toMatchObject({ name: 'InvalidCredentials', object: own.secretArn })
    expect(await own.token()).toBe(old)
  })

  it('is not renewed by another cluster', async () => {
    const own = await connected()
    const old = await own.store()
    own.cluster.signer.setIssuers(['https://other.example', own.cluster.settings.issuer])
    await expect(own.renew()).rejects.toMatchObject({ name: 'InvalidCredentials', object: own.secretArn })
    expect(await own.token()).toBe(old)
  })

  it('is not renewed by a cluster whose tokens name the issuer, but are signed with an unpublished key', async () => {
    const own = await connected()
    const old = await own.store()
    const publishedKeys = await keyRefsOf(own.cluster)
    const status = { ...setUpStatus(), publishedKeys }
    own.cluster.signer.signWith(own.cluster.signer.addVerificationKey())
    await expect(own.renew({ status })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: own.secretArn,
      reason: expect.stringContaining('are not signed with a key that the deployment publishes'),
    })
    expect(await own.token()).toBe(old)
    await own.renew({ status: { ...status, publishedKeys: await keyRefsOf(own.cluster) } })
    expect(await own.token()).not.toBe(old)
  })

  it('is not replaced by the token of a pod that another API server returns', async () => {
    const own = await connected()
    const status = { ...setUpStatus(), publishedKeys: await keyRefsOf(own.cluster) }
    const old = await own.store()
    const pod = { namespace: 'default', name: 'default', uid: 'uid' }
    const ofPod = await own.cluster.signer.sign(pod, ['sts.amazonaws.com'], 86_400)
    own.cluster.signer.sign = async () => ofPod
    await expect(own.renew({ status })).rejects.toMatchObject({
      name: 'InvalidCredentials',
      reason: expect.stringContaining('are not signed with a key that the deployment publishes'),
    })
    expect(await own.token()).toBe(old)
  })

  it('is valid after a crash at the write, whether old or new', async () => {
    for (const kind of ['drop-response', 'refuse', 'unavailable'] as const) {
      const own = await connected()
      await own.store()
      await aws.aws.faults.add({ kind, operation: 'secretsmanager:PutSecretValue', times: 9 })
      await own.renew().catch(() => undefined)
      await aws.aws.faults.clear()
      await clientOf(own.cluster, { user: { token: await own.token() } }).version()
      await own.renew()
      expect((await secretsOf(own.renew())).secrets).toMatchObject([{ outcome: 'kept' }])
    }
  })

  it('is renewed on the management cluster, for the service account of the cluster there', async () => {
    const own = await connected()
    await own.store({ left: 80 })
    const management = await clusters.emulate(`${own.name}-management`, { management: true })
    const setup = rightsSetupOf(exampleRequest('setup'))
    const rights: Rights = managementManifests({ ...setup, cluster: own.name, renewal: true })
    await grant(management, rights)
    const issued = { account: rights.account, days: 90, left: 20, isMarked: true }
    const { kubeconfig, token } = await accountCredentials(management, issued)
    const credentialsSecretArn = await secrets.keep(`${own.name}/management`, kubeconfig)
    const input = description.input.parse({
      target: { name: own.name, credentialsSecretArn: own.secretArn },
      issuerUrl: own.cluster.settings.issuer,
      management: { credentialsSecretArn },
    })
    const { secrets: reported, observed } = await secretsOf(run(input, stepContext(own.name)))
    expect(reported.map(({ outcome }) => outcome)).toEqual(['kept', 'renewed'])
    expect(observed).toMatchObject({ credentials: { renewed: true }, managementCredentials: { renewed: true } })
    const next = parse(await storedIn(credentialsSecretArn)).users[0].user.token
    expect(decodeJwt(next).sub).toBe(decodeJwt(token).sub)
    expect(next).not.toBe(token)
  })
})

/** Records a cluster with a running setup. */
async function recordNew(cluster: string): Promise<void> {
  const { operation, request, change } = newOperation({ cluster })
  const named = { ...request, cluster: { ...exampleRequest('setup').cluster, name: cluster } }
  expect(await recordOperation({ operation, request: named, ...(change && { change }) })).toBe('recorded')
}

describe('credentials shortly before their expiry', () => {
  it('cause one notification, with the command that replaces them', async () => {
    const own = await connected()
    await recordNew(own.name)
    await own.store({ left: 10, isMarked: false })
    await own.renew()
    const endsAt = new Date((decodeJwt(await own.token()).exp ?? 0) * 1000).toISOString()
    expect(await aws.taken()).toEqual([
      {
        subject: `Workload identity: ${own.name}: the credentials end`,
        message: {
          operationId: 'o',
          cluster: own.name,
          status: 'warning',
          error: {
            name: 'CredentialsEnding',
            object: own.secretArn,
            reason: expect.stringContaining(
              `expire at ${endsAt}, and were not renewed: whoever has stored them has not marked`,
            ),
            action: `Run "wid connect ${own.name}"`,
          },
        },
      },
    ])
    const { status = { conditions: {} } } = (await readCluster(own.name))?.cluster ?? {}
    expect(status.notifiedEnds).toEqual([endsAt])
    await own.renew({ status })
    expect(await aws.taken()).toEqual([])
  })

  it('cause a notification when a renewal fails, and none in a dry run', async () => {
    const own = await connected()
    await recordNew(own.name)
    await own.store({ left: 10 })
    await own.renew({ dryRun: true })
    expect(await aws.taken()).toEqual([])
    own.cluster.faults.add({ kind: 'refuse', operation: 'POST *serviceaccounts/default/token*', times: 1 })
    await expect(own.renew()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(await aws.taken()).toMatchObject([
      { message: { error: { action: `Run "wid connect ${own.name} --renew"` } } },
    ])
  })

  it('cause no notification before, or after their renewal', async () => {
    const own = await connected()
    await own.store({ left: 15, isMarked: false })
    await own.renew()
    await own.store({ left: 1 })
    await own.renew()
    expect(await aws.taken()).toEqual([])
    const { exp = 0 } = decodeJwt(await own.token())
    expect(exp * 1000 - Date.now()).toBeGreaterThan(89 * dayMs)
  })
})

it('a secret without a value is an error that names it', async () => {
  const own = await connected()
  const client = new SecretsManagerClient()
  await client.send(new DeleteSecretCommand({ SecretId: own.secretArn, ForceDeleteWithoutRecovery: true }))
  client.destroy()
  await expect(own.renew()).rejects.toMatchObject({ name: 'InvalidCredentials', object: own.secretArn })
})
