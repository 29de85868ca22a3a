/** The calls of a step to a cluster, separate from its calls to AWS, to Google and to the record. */
import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'

/**
 * The part of a step that calls a cluster, in a file `X.cluster.ts`. It maps a question to a finding. Both are JSON
 * without credentials, so that the part could also run behind a queue. A finding may contain a token for an audience
 * that the question invented. No service accepts this token. Its signature proves who holds the cluster's signing key.
 */
export interface ClusterPart<Question extends z.ZodMiniType, Finding extends z.ZodMiniType> {
  readonly question: Question
  readonly finding: Finding
  readonly find: (client: ClusterClient, question: z.output<Question>, signal: AbortSignal) => Promise<z.input<Finding>>
}

/** Checks and infers the type of a part. */
export function clusterPart<Question extends z.ZodMiniType, Finding extends z.ZodMiniType>(
  part: ClusterPart<Question, Finding>,
): ClusterPart<Question, Finding> {
  return part
}
