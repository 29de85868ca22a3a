/** Runs the cluster parts of a step. They run in the step's function, with the credentials of the cluster's secret. */
import * as z from 'zod/mini'
import type { ClusterClient, ClusterTarget, CredentialsFacts } from '../clouds/kubernetes/cluster-client.ts'
import type { ClusterPart } from './cluster-part.ts'
import { connectIfCredentialsThere, connectToCluster, connectToManagement } from './connect.ts'

export interface ReachedCluster {
  /** The facts that the credentials contain about themselves. */
  readonly credentials: CredentialsFacts
  /**
   * Runs a cluster part.
   *
   * @throws {StepError} the errors of the part: see {@link ClusterClient}
   */
  readonly run: <Question extends z.ZodMiniType, Finding extends z.ZodMiniType>(
    part: ClusterPart<Question, Finding>,
    question: z.input<Question>,
  ) => Promise<z.output<Finding>>
}

export async function reachCluster(target: ClusterTarget, signal: AbortSignal): Promise<ReachedCluster> {
  return reached(await connectToCluster(target, signal), signal)
}

export async function reachIfCredentialsThere(target: ClusterTarget, signal: AbortSignal) {
  const client = await connectIfCredentialsThere(target, signal)
  return client && reached(client, signal)
}

export async function reachManagement(...[management, clusterName, signal]: Parameters<typeof connectToManagement>) {
  return reached(await connectToManagement(management, clusterName, signal), signal)
}

/** The schemas drop unknown fields, so only described fields pass between a step and its cluster part. */
function reached(client: ClusterClient, signal: AbortSignal): ReachedCluster {
  return {
    credentials: client.credentials,
    run: async (part, question) =>
      z.parse(part.finding, await part.find(client, z.parse(part.question, question), signal)),
  }
}
