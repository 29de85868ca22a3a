import * as z from 'zod/mini'
import { json } from '../../sandbox/aws/support/query.ts'
import type { System } from './system.ts'

const groups = z.object({
  logGroups: z.array(z.object({ logGroupName: z.string() })),
  nextToken: z.optional(z.string()),
})
const page = z.object({
  events: z.array(z.object({ message: z.string(), timestamp: z.number() })),
  nextToken: z.optional(z.string()),
})

/** The names of all log groups of the deployment. */
export async function logGroups({ sandbox }: System): Promise<string[]> {
  const names: string[] = []
  let nextToken: string | undefined
  do {
    const observed = await json(sandbox.aws, 'logs', 'Logs_20140328.DescribeLogGroups', { limit: 50, nextToken })
    const { logGroups, ...rest } = groups.parse(observed)
    names.push(...logGroups.map(({ logGroupName }) => logGroupName))
    nextToken = rest.nextToken
  } while (nextToken !== undefined)
  return names
}

/** What was logged to the group since then (milliseconds since 1970), one message a line. */
export async function logOf({ sandbox }: System, logGroupName: string, startTime = 0): Promise<string> {
  const lines: string[] = []
  let nextToken: string | undefined
  do {
    const observed = await json(sandbox.aws, 'logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName,
      startTime,
      nextToken,
    })
    const { events, ...rest } = page.parse(observed)
    lines.push(...events.map(({ message }) => message))
    nextToken = rest.nextToken
  } while (nextToken !== undefined)
  return lines.join('\n')
}
