import * as z from 'zod/mini'
import { StepError } from '../../errors/step-errors.ts'
import type { ClusterClient } from './cluster-client.ts'

/** What of a Node tells who made it. A field that the Node lacks is an empty text. */
export const observedNode = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  /** `spec.providerID` */
  providerID: z.string(),
  /** `status.nodeInfo.osImage` */
  osImage: z.string(),
})

export type ObservedNode = Readonly<z.output<typeof observedNode>>

/** Number of nodes by which a distribution is recognised. */
const shownNodes = 20

/** Some nodes of the cluster. They only explain what to do, so a failure to list them gives none. */
export async function someNodes(client: ClusterClient): Promise<ObservedNode[]> {
  try {
    const nodes = await client.list({ apiVersion: 'v1', kind: 'Node' }, { limit: shownNodes })
    return nodes.map(({ metadata, spec, status }) => ({
      labels: metadata?.labels ?? {},
      annotations: metadata?.annotations ?? {},
      providerID: spec?.providerID ?? '',
      osImage: status?.nodeInfo?.osImage ?? '',
    }))
  } catch (error) {
    if (error instanceof StepError) return []
    throw error
  }
}
