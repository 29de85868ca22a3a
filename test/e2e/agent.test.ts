import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import { defaultTimes } from '../../agent/configuration.ts'
import { createdEnrolment } from '../../lambdas/api/agents/enrolment-view.ts'
import { accountNamespace, clusterAccount } from '../../lambdas/ownership/setup-account.ts'
import { userClusterFile } from '../../lambdas/rights/files.ts'
import { rightsSetupOf } from '../../lambdas/rights/setup.ts'
import { freePort } from '../../sandbox/network/listen.ts'
import { requestOf } from '../support/kubernetes/request-of.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { type System, system } from './support/system.ts'

let running: System
let own: ExistingCluster
let agent: RunningAgent
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
const byAgent = { 'cluster.connection': 'agent', 'cluster.credentialsSecretArn': undefined }

beforeAll(async () => {
  running = await system()
  folder = await temporaryDirectory()
  own = await existingCluster(running, 'edge')
  // No function reaches the API server: nothing listens at the port to which the proxy leads.
  const { host, port } = own.cluster.settings
  running.sandbox.proxy.route(`${host}:${port}`, await freePort())
})
afterAll(async () => {
  await agent?.close()
  await folder.remove()
})

function config(): KubeConfig {
  const made = new KubeConfig()
  const { name, port, caPem, adminToken } = own.cluster
  made.loadFromClusterAndUser(
    { name, server: `https://127.0.0.1:${port}`, caData: Buffer.from(caPem).toString('base64'), skipTLSVerify: false },
    { name: 'admin', token: adminToken },
  )
  return made
}

async function grantRights(): Promise<void> {
  const setup = rightsSetupOf(requestOf(own.body(byAgent), 'the request'))
  const api = KubernetesObjectApi.makeApiClient(config())
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'reports' } })
  const objects = z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
  for (const object of objects.parse(userClusterFile(setup, '').objects)) await api.create(object)
}

async function tokenFor(audiences: string[], boundTo?: string): Promise<string> {
  const boundObjectRef =
    boundTo === undefined ? {} : { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'agent', uid: boundTo } }
  const { status } = await config()
    .makeApiClient(CoreV1Api)
    .createNamespacedServiceAccountToken({
      namespace: accountNamespace,
      name: clusterAccount,
      body: { spec: { audiences, expirationSeconds: 3600, ...boundObjectRef } },
    })
  return status?.token ?? ''
}

async function enrolment(body: object = {}): Promise<z.output<typeof createdEnrolment>> {
  const response = await running.postTo(`/v1/clusters/${own.name}/agent/enrolments`, body)
  expect(response.status).toBe(200)
  return createdEnrolment.parse(await response.json())
}

test('a setup waits for the agent, and an enrolled agent sets up a cluster that no function reaches', async () => {
  const location = await running.start(own.body(byAgent))
  await running.until(location, ({ steps }) =>
    steps.some(({ waitingFor }) => waitingFor?.includes(`wid enroll ${own.name}`)),
  )
  await grantRights()
  const { code, audience } = await enrolment()
  await writeFile(join(folder.path, 'code'), code)
  await writeFile(join(folder.path, 'ca.crt'), own.cluster.caPem)
  await writeFile(join(folder.path, 'token'), await tokenFor([]))
  await writeFile(join(folder.path, 'identity'), await tokenFor([audience], 'f3b4'))
  agent = await startAgent({
    apiUrl: running.api,
    cluster: own.name,
    tokenFile: join(folder.path, 'identity'),
    codeFile: join(folder.path, 'code'),
    serviceAccountFolder: folder.path,
    apiServer: `https://127.0.0.1:${own.cluster.port}`,
    healthPort: 0,
    httpsProxy: '',
    noProxy: '',
    times: { ...defaultTimes, notEnrolledMs: 200 },
  })
  const ended = await running.ended(location)
  expect(ended.error).toBeUndefined()
  expect(ended).toMatchObject({ status: 'succeeded', result: { proofs: [{ mutation: 'mutated' }] } })
})
