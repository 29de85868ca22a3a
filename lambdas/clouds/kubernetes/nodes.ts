import * as z from 'zod/mini'
import { StepError } from '../../errors/step-errors.ts'
import type { ClusterClient } from './cluster-client.ts'

/** The fields of a Node that identify the Kubernetes distribution. A missing field is an empty text. */
export const observedNode = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  /** `spec.providerID` */
  providerID: z.string(),
  /** `status.nodeInfo.osImage` */
  osImage: z.string(),
})

export type ObservedNode = Readonly<z.output<typeof observedNode>>

/** The number of nodes that are read to recognise the distribution. */
const nodeSampleSize = 20

/**
 * Returns some nodes of the cluster, or no nodes if the request fails. The nodes only make the advice on the issuer
 * more exact.
 */
export async function someNodes(client: ClusterClient): Promise<ObservedNode[]> {
  try {
    const nodes = await client.list({ apiVersion: 'v1', kind: 'Node' }, { limit: nodeSampleSize })
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
