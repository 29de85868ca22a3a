/** Runs only the cluster part of a step, with JSON as input and output. */
import { expect } from 'vitest'
import type * as z from 'zod/mini'
import type { ClusterPart } from '../../../lambdas/objects/cluster-part.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { clientOf } from './clusters.ts'

/** Returns the finding, after a check that JSON does not change it. */
export async function foundThroughJson<Question extends z.ZodMiniType, Finding extends z.ZodMiniType>(
  { question: questions, finding: findings, find }: ClusterPart<Question, Finding>,
  cluster: AnyCluster,
  question: z.input<Question>,
): Promise<z.output<Finding>> {
  const signal = AbortSignal.timeout(20_000)
  const found = await find(clientOf(cluster), questions.parse(JSON.parse(JSON.stringify(question))), signal)
  const received = findings.parse(JSON.parse(JSON.stringify(found)))
  expect(received).toEqual(found)
  return received
}
