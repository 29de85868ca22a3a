/** What a step does at a cluster, apart from what it does at AWS, at Google and in the record. */
import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'

/**
 * The part of a step that runs at a cluster, in a file `X.cluster.ts`. It gets a question and gives back a finding. Both are JSON
 * and hold no credential, so that the part can also run where only a queue leads to. A token may be in a finding if its audience is
 * the one that the question has made up: it opens nothing, and only the holder of a signing key can make it.
 */
export interface ClusterPart<Question extends z.ZodMiniType, Finding extends z.ZodMiniType> {
  readonly question: Question
  readonly finding: Finding
  readonly find: (client: ClusterClient, question: z.output<Question>, signal: AbortSignal) => Promise<z.input<Finding>>
}

/** The same part, with its type checked. */
export function clusterPart<Question extends z.ZodMiniType, Finding extends z.ZodMiniType>(
  part: ClusterPart<Question, Finding>,
): ClusterPart<Question, Finding> {
  return part
}
