import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import type { Configuration } from '../../../../agent/configuration.ts'
import { createdEnrolment } from '../../../../lambdas/api/agents/enrolment-view.ts'
import { freePort } from '../../../../sandbox/network/listen.ts'
import { preparedPod } from '../../../support/agent/prepared-cluster.ts'
import type { System } from '../system.ts'
import { type ExistingCluster, existingCluster } from './existing-cluster.ts'

/** A cluster whose API server no function reaches: nothing listens at the port to which the proxy leads. */
export async function unreachableCluster(
  running: System,
  purpose: string,
  kubernetesVersion?: string,
): Promise<ExistingCluster> {
  const made = await existingCluster(running, purpose, kubernetesVersion)
  const { host, port } = made.cluster.settings
  running.sandbox.proxy.route(`${host}:${port}`, await freePort())
  return made
}

/**
 * Creates an enrolment code, and writes the files of the agent's pod, with the code, into a folder of the cluster's name.
 * The cluster needs the service account of grantRights.
 */
export async function podWithCode(
  running: System,
  { name, cluster }: ExistingCluster,
  parent: string,
): Promise<{ readonly pod: Configuration; readonly code: string }> {
  const response = await running.postTo(`/v1/clusters/${name}/agent/enrolments`, {})
  expect(response.status).toBe(200)
  const { audience, code } = createdEnrolment.parse(await response.json())
  const folder = path.join(parent, name)
  await mkdir(folder)
  const pod = await preparedPod(cluster, { folder, apiUrl: running.api, audience })
  await writeFile(pod.codeFile, code)
  return { pod, code }
}
