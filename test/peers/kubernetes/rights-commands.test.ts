/** Runs the commands in the comment of the RBAC manifest unchanged, with bash, kubectl and the AWS CLI. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { userClusterFile } from '../../../lambdas/rights/files.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import { account } from '../../../sandbox/account.ts'
import { rootUserEnvironment } from '../../../sandbox/aws/server.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { type AwsAccount, startAwsAccount } from '../../support/aws/aws-account.ts'
import { type Clusters, clientOf, startClusters } from '../../support/kubernetes/clusters.ts'
import { requestOf } from '../../support/kubernetes/request-of.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { pythonProgram } from '../install/python-packages.ts'
import { type Home, homeFor, kubectlHere } from './support/kubectl.ts'

const text = userClusterFile(
  rightsSetupOf(requestOf(exampleBody('existing-cluster'), 'existing-cluster.json')),
  '',
).text
/** Commands are indented by two spaces in the comment. */
const commands = text.match(/(?<=^# {3})\S.*$/gm) ?? []
const secretName = 'workload-identity/on-premises/user-cluster'

let aws: AwsAccount
let clusters: Clusters
let cluster: AnyCluster
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let home: Home

beforeAll(async () => {
  ;[aws, clusters, directory] = await Promise.all([startAwsAccount(), startClusters(), temporaryDirectory()])
  cluster = await clusters.start('on-premises')
  home = await homeFor(cluster, path.join(directory.path, 'home'), directory.path)
  await writeFile(path.join(directory.path, 'user-cluster.yaml'), text)
})
afterAll(async () => {
  await clusters.end()
  await aws.end()
  await directory.remove()
})

const startingWith = (...starts: readonly string[]) =>
  commands.filter((command) => starts.some((start) => command.startsWith(start)))

const granting = startingWith('kubectl create namespace', 'kubectl apply')
const [byToken = '', byRequest = '', bySecret = ''] = startingWith('TOKEN=')
const storing = startingWith('SERVER=', 'CA=')
const [create = '', put = ''] = startingWith('printf')
const removing = startingWith('kubectl delete')

async function bash(kubectl: string, lines: readonly string[]): Promise<void> {
  const PATH = [path.dirname(kubectl), path.dirname(pythonProgram('python')), process.env.PATH].join(':')
  const env = {
    ...rootUserEnvironment(aws.endpoint, account.region),
    HOME: home.directory,
    KUBECONFIG: home.kubeconfig,
    PATH,
  }
  const script = ['set -euo pipefail', ...lines].join('\n')
  await promisify(execFile)('bash', ['-c', script], { env, cwd: home.manifests, timeout: 100_000 })
}

async function stored(): Promise<{ server: string; caData: string; token: string }> {
  const client = new SecretsManagerClient()
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }))
  client.destroy()
  return JSON.parse(SecretString ?? '')
}

async function expectToken(): Promise<void> {
  const { server, caData, token } = await stored()
  expect(server).toBe(`https://127.0.0.1:${cluster.port}`)
  expect(Buffer.from(caData, 'base64').toString().trim()).toBe(cluster.caPem.trim())
  const client = clientOf(cluster, { user: { token } })
  expect(await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'reports' })).toBeDefined()
  const secrets = client.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system' })
  await expect(secrets).rejects.toMatchObject({ name: 'AccessDenied' })
}

test('the tests run all commands of the manifest', () => {
  const secret = startingWith('echo')
  const all = [...granting, byToken, byRequest, ...secret, bySecret, ...storing, create, put, ...removing]
  expect(commands.filter((command) => !all.includes(command))).toEqual([])
})

describe.each([await kubectlHere()])('the commands with kubectl $version', ({ file, minor }) => {
  test('create and store a token that expires', async () => {
    await bash(
      file,
      granting.map((command) => (command.includes('namespace') ? `${command.replace(/ *#.*/, '')} || true` : command)),
    )
    const token = minor >= 24 ? byToken : byRequest
    await bash(file, [token, ...storing, `(${create}) || (${put})`])
    await expectToken()
  })

  test('create and store a token with the request for older versions of kubectl', async () => {
    await bash(file, [byRequest, ...storing, put])
    await expectToken()
  })

  test('create and store a permanent token, which ends with the account', async () => {
    await bash(file, startingWith('echo'))
    // The controller manager writes the token into the Secret after a moment.
    const store = [bySecret, 'test -n "$TOKEN"', ...storing, put]
    const isStored = () =>
      bash(file, store).then(
        () => true,
        () => false,
      )
    await expect.poll(isStored, { timeout: 30_000 }).toBe(true)
    await expectToken()
    const { token } = await stored()
    await bash(file, removing)
    const client = clientOf(cluster, { user: { token } })
    const after = () =>
      client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'reports' }).then(String, ({ name }) => name)
    await expect.poll(after, { timeout: 20_000 }).toBe('InvalidCredentials')
    const admin = clientOf(cluster)
    expect(await admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'workload-identity-webhook' })).toBeDefined()
    expect(
      await admin.get({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'workload-identity' }),
    ).toBeUndefined()
  })
})
