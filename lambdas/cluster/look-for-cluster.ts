import * as z from 'zod/mini'
import { connectToCluster } from '../objects/connect.ts'
import { requestParts } from '../spec/parts.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { awsClusterRef, documentsOf, identityOf } from './aws-cluster.ts'
import { found, isWhereFound, type TeardownFacts } from './place.ts'

export const input = z.object({
  clusterName: z.string(),
  management: requestParts.management,
  /** From the record; left out when no setup has come that far. */
  facts: z.optional(found),
})

/** What the AWSCluster says of itself while it is there is kept: it may never have become ready, and will be deleted. */
type Output = { readonly gone: boolean } & Partial<TeardownFacts>

/**
 * Whether the AWSCluster is gone: then all that was in it is gone, too, and need not be looked for. Of one that is missing where it
 * never was found that is not known, which DeleteCluster tells. Of one that is there also what it publishes.
 */
export const run: StepRun<z.output<typeof input>, Output> = async (request, context) => {
  const { clusterName, management, facts } = request
  const target = { ...management, name: `${clusterName} (management)` }
  const client = await connectToCluster(target, context.signal)
  const foundAt = { server: client.server, namespace: management.namespace }
  const live = await client.get(awsClusterRef(clusterName, foundAt.namespace))
  if (!live) return { output: { gone: isWhereFound(foundAt, facts) }, changes: [] }
  const issuerUrl = identityOf(live)?.issuerUrl
  return { output: { gone: false, ...(issuerUrl && { ...documentsOf(issuerUrl), foundAt }) }, changes: [] }
}

export const handler = step({ state: 'LookForCluster', input, run })
