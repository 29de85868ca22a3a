import { ApiException, CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node'
import { beforeAll, expect, test } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import * as z from 'zod'
import { accountNamespace } from '../../lambdas/ownership/setup-account.ts'
import { managementFile, userClusterFile } from '../../lambdas/rights/files.ts'
import { rightsSetupOf } from '../../lambdas/rights/setup.ts'
import { requestOf } from '../support/kubernetes/request-of.ts'
import { ownCluster } from './support/requests.ts'
import { type System, system } from './support/system.ts'
import { wid } from './support/wid.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})

function configOf(cluster: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromString(running.sandbox.kubernetes.localKubeconfig(cluster))
  return config
}

/** Creates the objects that do not exist yet. */
async function create(cluster: string, text = ''): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(configOf(cluster))
  for (const document of parseAllDocuments(text)) await api.create(manifest.parse(document.toJS())).catch(unlessExists)
}

function unlessExists(error: unknown): void {
  if (!(error instanceof ApiException && error.code === 409)) throw error
}

/** The cluster's kubeconfig, with a token of this service account instead of the administrator's. */
async function narrowKubeconfig(cluster: string, name: string): Promise<string> {
  const { status } = await configOf(cluster)
    .makeApiClient(CoreV1Api)
    .createNamespacedServiceAccountToken({
      namespace: accountNamespace,
      name,
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    })
  const kubeconfig = z
    .looseObject({ users: z.array(z.looseObject({ user: z.object({ token: z.string() }) })) })
    .parse(parse(running.sandbox.kubernetes.kubeconfig(cluster)))
  for (const { user } of kubeconfig.users) user.token = status?.token ?? ''
  return stringify(kubeconfig)
}

test('the rights that the product generates for a request are enough for its setup', async () => {
  const { secrets } = running.sandbox
  const { name, body } = await ownCluster(running, 'narrow-rights')
  const credentialsSecretArn = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${name}/narrow`
  const request = body({ 'cluster.credentialsSecretArn': credentialsSecretArn })
  const setup = rightsSetupOf(requestOf(request, 'the request'))
  await create('management', managementFile(setup, '')?.text)
  await secrets.keep(`${name}/management`, await narrowKubeconfig('management', `workload-identity-${name}`))
  const location = await running.start(request)

  await running.until(location, ({ steps }) =>
    steps.some(({ waitingFor }) => waitingFor?.includes('put the kubeconfig')),
  )
  await create(name, userClusterFile(setup, '').text)
  await secrets.keep(`${name}/narrow`, await narrowKubeconfig(name, 'workload-identity'))

  const ended = await running.ended(location)
  expect(ended.error).toBeUndefined()
  expect(ended.status).toBe('succeeded')

  const { out } = await wid(running, ['rights', name, '--no-teardown'])
  expect(objectsIn(out)).toEqual(objectsIn(userClusterFile(setup, '').text))
})

test('an operation that lacks rights in the cluster names the command that grants them', async () => {
  const { secrets } = running.sandbox
  const { name, body } = await ownCluster(running, 'no-rights')
  const elsewhere = rightsSetupOf(requestOf(body({ 'cluster.management.namespace': 'other' }), 'the request'))
  await create('management', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: other}')
  await create('management', managementFile(elsewhere, '')?.text)
  await secrets.keep(`${name}/management`, await narrowKubeconfig('management', `workload-identity-${name}`))
  expect((await running.setUp(body())).error).toMatchObject({
    name: 'AccessDenied',
    step: 'ObserveCluster',
    action: expect.stringContaining(`"wid rights ${name} --management --apply" grants all rights`),
  })
})

function objectsIn(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => document.toJS())
}
