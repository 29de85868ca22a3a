import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { AnySystem } from './system.ts'

const workload = z.object({ namespace: z.string(), serviceAccount: z.string() })
const view = z.object({
  generation: z.number(),
  spec: z.object({ workloads: z.array(workload) }),
  status: z.object({ observedGeneration: z.number().optional(), workloads: z.array(workload) }),
})

/** What the API says of the spec of a cluster, and of what is set up. */
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

/** Whose external resources are: the claims that name the cluster. */
export async function claimsOf({ sandbox }: AnySystem, cluster: string): Promise<string[]> {
  const client = new DynamoDBClient({
    endpoint: sandbox.aws.endpoint,
    region: account.region,
    credentials: rootCredentials,
  })
  const command = new QueryCommand({
    TableName: sandbox.deployment.outputs.TableName,
    IndexName: 'by-list',
    KeyConditionExpression: 'listed = :listed AND begins_with(listedKey, :cluster)',
    ExpressionAttributeValues: { ':listed': 'CLAIMS', ':cluster': `${cluster}#` },
  })
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(command)
  client.destroy()
  return Items.map((item) => `claim ${z.object({ pk: z.string() }).parse(item).pk}`).sort()
}
