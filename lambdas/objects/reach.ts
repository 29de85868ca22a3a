/** How a step runs its cluster parts: today in its own function, with the credentials of the cluster's secret. */
import * as z from 'zod/mini'
import type { ClusterClient, ClusterTarget, CredentialsFacts } from '../clouds/kubernetes/cluster-client.ts'
import type { ClusterPart } from './cluster-part.ts'
import { connectIfCredentialsThere, connectToCluster, connectToManagement } from './connect.ts'

export interface ReachedCluster {
  /** What the credentials say of themselves. */
  readonly credentials: CredentialsFacts
  /**
   * Runs a cluster part.
   *
   * @throws {StepError} what the part throws: see {@link ClusterClient}
   */
  readonly run: <Question extends z.ZodMiniType, Finding extends z.ZodMiniType>(
    part: ClusterPart<Question, Finding>,
    question: z.input<Question>,
  ) => Promise<z.output<Finding>>
}

/** See {@link connectToCluster}. */
export async function reachCluster(target: ClusterTarget, signal: AbortSignal): Promise<ReachedCluster> {
  return reached(await connectToCluster(target, signal), signal)
}

/** See {@link connectIfCredentialsThere}. */
export async function reachIfCredentialsThere(target: ClusterTarget, signal: AbortSignal) {
  const client = await connectIfCredentialsThere(target, signal)
  return client && reached(client, signal)
}

/** See {@link connectToManagement}. */
export async function reachManagement(...[management, clusterName, signal]: Parameters<typeof connectToManagement>) {
  return reached(await connectToManagement(management, clusterName, signal), signal)
}

/** The schemas leave out what they do not name: nothing else passes between the parts. */
function reached(client: ClusterClient, signal: AbortSignal): ReachedCluster {
  return {
    credentials: client.credentials,
    run: async (part, question) =>
      z.parse(part.finding, await part.find(client, z.parse(part.question, question), signal)),
  }
}
