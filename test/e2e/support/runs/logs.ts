import * as z from 'zod/mini'
import { json } from '../../../sandbox/aws/support/query.ts'
import type { System } from '../system.ts'

const page = z.object({
  logGroups: z.optional(z.array(z.object({ logGroupName: z.string() }))),
  events: z.optional(z.array(z.object({ message: z.string() }))),
  nextToken: z.optional(z.string()),
})

/** The names of all log groups of the account. */
export async function logGroups(endpoint: string): Promise<string[]> {
  const pages = await pagesOf(endpoint, 'DescribeLogGroups', { limit: 50 })
  return pages.flatMap(({ logGroups = [] }) => logGroups.map(({ logGroupName }) => logGroupName))
}

/** The messages of the group since `startTime` (milliseconds since the epoch), one in a line. */
export async function logOf({ sandbox }: System, logGroupName: string, startTime = 0): Promise<string> {
  const pages = await pagesOf(sandbox.aws.endpoint, 'FilterLogEvents', { logGroupName, startTime })
  return pages.flatMap(({ events = [] }) => events.map(({ message }) => message)).join('\n')
}

async function pagesOf(endpoint: string, operation: string, parameters: object): Promise<z.output<typeof page>[]> {
  const answer = page.parse(await json({ endpoint }, 'logs', `Logs_20140328.${operation}`, parameters))
  const { nextToken } = answer
  return nextToken === undefined
    ? [answer]
    : [answer, ...(await pagesOf(endpoint, operation, { ...parameters, nextToken }))]
}
