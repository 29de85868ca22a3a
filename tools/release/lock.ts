import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'

/** The fields that a release needs: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#packages */
const locked = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().default(false),
  link: z.boolean().default(false),
  optional: z.boolean().default(false),
})

export type Locked = z.output<typeof locked>

/** The packages in package-lock.json. Keys are their folders, relative to `folder`. The key of the project itself is empty. */
export function readLock(folder: string): ReadonlyMap<string, Locked> {
  const text = readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  const { packages } = z.object({ packages: z.record(z.string(), locked) }).parse(JSON.parse(text))
  return new Map(Object.entries(packages))
}
