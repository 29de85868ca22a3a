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

/** @throws {StepError} when there are no usable credentials: see {@link connectToCluster} */
export async function reachCluster(target: ClusterTarget, signal: AbortSignal): Promise<ReachedCluster> {
  return reached(await connectToCluster(target, signal), signal)
}

/** Like {@link reachCluster}, but gives undefined when the secret does not exist or has no value yet. */
export async function reachIfCredentialsThere(
  target: ClusterTarget,
  signal: AbortSignal,
): Promise<ReachedCluster | undefined> {
  const client = await connectIfCredentialsThere(target, signal)
  return client && reached(client, signal)
}

/** Like {@link reachCluster}, the management cluster of a cluster. */
export async function reachManagement(
  management: Omit<ClusterTarget, 'name'>,
  clusterName: string,
  signal: AbortSignal,
): Promise<ReachedCluster> {
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
