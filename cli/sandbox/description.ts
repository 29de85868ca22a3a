import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod/mini'

/** What a sandbox says of itself in sandbox.json. */
const description = z.object({
  api: z.string(),
  aws: z.object({
    endpoint: z.string(),
    region: z.string(),
    accountId: z.optional(z.string()),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  /** A file for each of its clusters. */
  kubeconfigs: z.record(z.string(), z.string()),
})

export type SandboxDescription = z.output<typeof description>

/** The sandbox that was started from this folder, or from one above it. A file of another version is of none. */
export function sandboxAbove(directory: string): SandboxDescription | undefined {
  const file = path.join(directory, '.sandbox', 'sandbox.json')
  if (existsSync(file)) return description.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  const parent = path.dirname(directory)
  return parent === directory ? undefined : sandboxAbove(parent)
}
