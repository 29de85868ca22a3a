import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { outputOf, rootOf } from '../aws-clients.ts'
import type { AnySystem } from '../system.ts'

const workload = z.object({ namespace: z.string(), serviceAccount: z.string() })
const view = z.object({
  generation: z.number(),
  spec: z.object({ workloads: z.array(workload) }),
  status: z.object({ observedGeneration: z.number().optional(), workloads: z.array(workload) }),
})

const claimKeys = z.array(z.object({ pk: z.string(), sk: z.string() }))

/** The spec of a cluster and its workloads that are set up, from the API. */
export async function desiredState({ api }: AnySystem, cluster: string): Promise<string[]> {
  const answer: unknown = await (await fetch(`${api}/v1/clusters/${cluster}`)).json()
  const { generation, spec, status } = view.parse(answer)
  const names = (workloads: readonly z.output<typeof workload>[]) =>
    workloads.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).sort()
  return [
    `generation ${generation}, observed ${status.observedGeneration}`,
    `spec ${names(spec.workloads)}`,
    `status ${names(status.workloads)}`,
  ]
}

/** The claims that name the cluster. */
export async function claimsOf(system: AnySystem, cluster: string): Promise<string[]> {
  return (await claimKeysOf(system, cluster)).map(({ pk }) => `claim ${pk}`).sort()
}

/** The keys of the claims that name the cluster, unsorted. */
export async function claimKeysOf(system: AnySystem, cluster: string): Promise<z.output<typeof claimKeys>> {
  const command = new QueryCommand({
    TableName: outputOf(system, 'TableName'),
    IndexName: 'by-list',
    KeyConditionExpression: 'listed = :listed AND begins_with(listedKey, :cluster)',
    ExpressionAttributeValues: { ':listed': 'CLAIMS', ':cluster': `${cluster}#` },
  })
  const { Items = [] } = await rootOf(system).record.send(command)
  return claimKeys.parse(Items)
}
