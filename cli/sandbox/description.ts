import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'

/** The contents of a sandbox's sandbox.json. */
const description = z.object({
  api: z.string(),
  aws: z.object({
    endpoint: z.string(),
    region: z.string(),
    accountId: z.optional(z.string()),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  /** The path of the kubeconfig of each cluster, by cluster name. */
  kubeconfigs: z.record(z.string(), z.string()),
})

export type SandboxDescription = z.output<typeof description>

/** The sandbox that runs from this folder or a parent folder. An invalid file, or one of another version, is ignored. */
export function sandboxAbove(directory: string): SandboxDescription | undefined {
  const file = path.join(directory, '.sandbox', 'sandbox.json')
  if (existsSync(file)) return description.safeParse(jsonIn(readFileSync(file, 'utf8'))).data
  const parent = path.dirname(directory)
  return parent === directory ? undefined : sandboxAbove(parent)
}
