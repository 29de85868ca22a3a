import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node'
import * as z from 'zod'
import { type Configuration, defaultTimes } from '../../../agent/configuration.ts'
import { accountNamespace, clusterAccount } from '../../../lambdas/ownership/setup-account.ts'
import { userClusterFile } from '../../../lambdas/rights/files.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Edits } from '../api/requests.ts'
import { requestOf } from '../kubernetes/request-of.ts'

/** The edits of a request whose cluster has an agent. */
export const byAgent: Edits = { 'cluster.connection': 'agent', 'cluster.credentialsSecretArn': undefined }

const objects = z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))

/** Grants the rights of `wid rights` for this request, and creates the namespace of its workloads. */
export async function grantRights(cluster: AnyCluster, body: unknown): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(adminOf(cluster))
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'reports' } })
  const setup = rightsSetupOf(requestOf(body, 'the request'))
  for (const object of objects.parse(userClusterFile(setup, '', 'setups and teardowns').objects)) {
    await api.create(object)
  }
}

/**
 * Writes the files of the agent's pod. Returns the configuration of the agent, which has no code yet.
 * The audience is the one that the API returns with a code.
 */
export async function preparedPod(
  cluster: AnyCluster,
  { folder, apiUrl, audience }: { readonly folder: string; readonly apiUrl: string; readonly audience: string },
): Promise<Configuration> {
  await writeFile(join(folder, 'ca.crt'), cluster.caPem)
  await writeFile(join(folder, 'token'), await tokenFor(cluster, []))
  await writeFile(join(folder, 'identity'), await tokenFor(cluster, [audience], 'uid-of-the-pod'))
  return {
    apiUrl,
    cluster: cluster.name,
    tokenFile: join(folder, 'identity'),
    codeFile: join(folder, 'code'),
    serviceAccountFolder: folder,
    apiServer: `https://127.0.0.1:${cluster.port}`,
    healthPort: 0,
    httpsProxy: '',
    noProxy: '',
    times: defaultTimes,
  }
}

async function tokenFor(cluster: AnyCluster, audiences: string[], pod?: string): Promise<string> {
  const bound = pod !== undefined && { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'agent', uid: pod } }
  const { status } = await adminOf(cluster)
    .makeApiClient(CoreV1Api)
    .createNamespacedServiceAccountToken({
      namespace: accountNamespace,
      name: clusterAccount,
      body: { spec: { audiences, expirationSeconds: 3600, ...bound } },
    })
  return status?.token ?? ''
}

function adminOf({ name, port, caPem, adminToken }: AnyCluster): KubeConfig {
  const made = new KubeConfig()
  const caData = Buffer.from(caPem).toString('base64')
  made.loadFromClusterAndUser(
    { name, server: `https://127.0.0.1:${port}`, caData, skipTLSVerify: false },
    { name: 'admin', token: adminToken },
  )
  return made
}
