import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import * as z from 'zod/mini'
import { existingCluster } from '../e2e/support/existing-cluster.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'
import { type OwnCluster, ownCluster } from '../e2e/support/requests.ts'
import { secretArnOf } from '../e2e/support/secrets.ts'

const running = quickSystem()
const planted = 'planted-secret'

const kubeconfigShape = z.looseObject({
  clusters: z.tuple([z.looseObject({ cluster: z.record(z.string(), z.unknown()) })]),
  users: z.tuple([z.looseObject({ user: z.record(z.string(), z.unknown()) })]),
})

/** The kubeconfig with these fields in place of its user's or, where `cluster` says so, beside its cluster's own. */
function edited(kubeconfig: string, { user, cluster }: { user?: object; cluster?: object }): string {
  const config = kubeconfigShape.parse(parse(kubeconfig))
  if (user) config.users[0].user = { ...user }
  Object.assign(config.clusters[0].cluster, cluster)
  return stringify(config)
}

describe('credentials of the management cluster', () => {
  let own: OwnCluster
  let kubeconfig = ''

  beforeAll(async () => {
    own = await ownCluster(running.system, 'credentials')
    kubeconfig = running.system.sandbox.kubernetes.kubeconfig('management')
  })

  const keep = (value: string) => running.system.sandbox.secrets.keep(`${own.name}/management`, value)

  it.each([
    ['are no kubeconfig', () => `${planted}: [`, /^the value: it is neither YAML nor JSON$/, /^Store a kubeconfig/],
    [
      'run a program',
      () => edited(kubeconfig, { user: { exec: { command: planted } } }),
      /^users\[0\]\.user\.exec: it runs a program$/,
      /^Make a service account .* inline as `token`$/,
    ],
    [
      'run a plug-in',
      () => edited(kubeconfig, { user: { 'auth-provider': { name: planted } } }),
      /^users\[0\]\.user\.auth-provider: it runs a plug-in$/,
      /^Make a service account/,
    ],
    [
      'name a file with a token',
      () => edited(kubeconfig, { user: { tokenFile: `/${planted}` } }),
      /^users\[0\]\.user\.tokenFile: it names a file, which is not here$/,
      /^Make a service account/,
    ],
    [
      'name a file with a client certificate',
      () => edited(kubeconfig, { user: { 'client-certificate': `/${planted}`, 'client-key': `/${planted}` } }),
      /^users\[0\]\.user\.client-certificate: it names a file/,
      /inline, base64-encoded, as client-certificate-data$/,
    ],
    [
      'name a file with the CA',
      () => edited(kubeconfig, { cluster: { 'certificate-authority': `/${planted}` } }),
      /^clusters\[0\]\.cluster\.certificate-authority: it names a file/,
      /as certificate-authority-data$/,
    ],
    [
      'trust whoever answers',
      () => edited(kubeconfig, { cluster: { 'insecure-skip-tls-verify': true } }),
      /^clusters\[0\]\.cluster\.insecure-skip-tls-verify: it would send the credentials to whoever answers/,
      /^Remove it, and put the cluster's CA into certificate-authority-data$/,
    ],
    [
      'are not those of the cluster',
      () => edited(kubeconfig, { user: { token: planted } }),
      /^the API server of cluster credentials-\d+ \(management\) rejects the credentials of this secret \(.*401\)$/,
      /^Put credentials into it that are valid and not expired$/,
    ],
  ])('that %s fail the setup before anything is applied', async (_, value, reason, action) => {
    await keep(value())
    const operation = await running.system.setUp(own.body())
    const object = secretArnOf(`${own.name}/management`)
    expectFailure(running.system, operation, {
      name: 'InvalidCredentials',
      step: 'ObserveCluster',
      object,
      reason,
      action,
    })
  })

  it('that the function may not read fail the setup with the action and the secret', async () => {
    await keep(kubeconfig)
    const object = secretArnOf(`${own.name}/management`)
    await running.system.sandbox.aws.faults.add({
      kind: 'refuse',
      operation: 'secretsmanager:GetSecretValue',
      object: `${object}*`,
      times: 1,
    })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'AccessDenied',
      step: 'ObserveCluster',
      object,
      reason: /^AWS refused secretsmanager:GetSecretValue \(AccessDenied\w*\)$/,
      action: new RegExp(`^Allow secretsmanager:GetSecretValue on ${object} to the function's role`),
    })
  })

  it('that are not there fail the setup, and once they are put there it goes on to the end', async () => {
    const object = secretArnOf(`${own.name}/later`)
    const body = own.body({ 'cluster.management.credentialsSecretArn': object })
    expectFailure(running.system, await running.system.setUp(body), {
      name: 'InvalidCredentials',
      step: 'ObserveCluster',
      object,
      reason: /^the secret is not there or has no value$/,
      action: /^Put the credentials into it: aws secretsmanager create-secret/,
    })
    await running.system.sandbox.secrets.keep(`${own.name}/later`, kubeconfig)
    expect((await running.system.setUp(body)).error).toBeUndefined()
  })
})

describe('credentials of the user cluster', () => {
  it('that run a program fail the setup, and it goes on to the end with others', async () => {
    const own = await existingCluster(running.system, 'user-credentials')
    const kubeconfig = own.cluster.kubeconfig()
    const keep = (value: string) => running.system.sandbox.secrets.keep(`${own.name}/user-cluster`, value)
    await keep(edited(kubeconfig, { user: { exec: { command: planted } } }))
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'InvalidCredentials',
      step: 'CheckCluster',
      object: own.secretArn,
      reason: /^users\[0\]\.user\.exec: it runs a program$/,
      action: /^Make a service account/,
    })
    await keep(kubeconfig)
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

describe('credentials for Google Cloud', () => {
  const secretName = 'workload-identity/google-credentials'
  const keep = (value: string) => running.system.sandbox.secrets.keep('google-credentials', value)

  afterAll(() => keep(running.system.sandbox.google.credentials))

  it('that are of a kind that is not taken, or that Google does not know, fail the setup until they are replaced', async () => {
    const own = await ownCluster(running.system, 'bad-key')
    const { google } = running.system.sandbox
    await keep(JSON.stringify({ type: 'external_account', credential_source: { executable: { command: planted } } }))
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'InvalidCredentials',
      step: 'CreateBucket',
      object: secretName,
      reason: /^it holds no credential configuration for Google Cloud that can be used$/,
      action: /^Put a service account's key, or an external_account configuration/,
    })
    const key: Record<string, string> = JSON.parse(google.credentials)
    await keep(JSON.stringify({ ...key, client_email: 'nobody@platform-prod.iam.gserviceaccount.com' }))
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'InvalidCredentials',
      step: 'CreateBucket',
      object: secretName,
      reason: /^Google gives no access token for the credentials in it \(status 40\d\)$/,
      action: /^Check that key, account and workload identity pool exist/,
    })
    await keep(google.credentials)
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})
