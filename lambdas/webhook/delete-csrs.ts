import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { allDone } from '../errors/attempts.ts'
import { connectToCluster } from '../objects/connect.ts'
import type { Change } from '../report/change.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { leftOverRequests } from './certificate/csr.ts'
import { description } from './delete-csrs.step.ts'

const type = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' } as const

/** Deletes the obsolete certificate requests of the webhook's account. */
export const run: StepRun<typeof description> = async ({ target, installed }, { signal }) => {
  if (!installed || !('image' in installed)) return { output: {}, changes: [] }
  const cluster = await connectToCluster(target, signal)
  // Kubernetes serves v1 from 1.19, the oldest supported version. A cluster that does not serve it keeps its requests.
  if (!(await cluster.serves(type.apiVersion, type.kind))) return { output: {}, changes: [] }
  const names = leftOverRequests(await cluster.list(type), installed)
  return { output: {}, changes: (await allDone(names.map((name) => remove(cluster, name)))).flat() }
}

export const handler = step(description, run)

async function remove(cluster: ClusterClient, name: string): Promise<readonly Change[]> {
  const isDeleted = await cluster.delete({ ...type, name })
  return isDeleted ? [{ object: displayName({ ...type, name }), action: 'deleted' }] : []
}
