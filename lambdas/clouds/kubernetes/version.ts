import * as z from 'zod/mini'
import { Unsupported } from '../../errors/step-errors.ts'

/**
 * The fields of a /version response that this module reads. It accepts only numbers of few digits, because the record
 * cannot store a number above 2^53.
 */
const versionInfo = z.object({
  minor: z.string().check(z.regex(/^\d{1,3}\+?$/)),
  gitVersion: z.string().check(z.regex(/^v1\.\d{1,3}\.[\w.+-]{1,60}$/)),
})

export const serverVersion = z.object({
  /** It is 33 for gitVersion "v1.33.2", even if the server reports the minor version "33+". */
  minor: z.number(),
  gitVersion: z.string(),
})

export type ServerVersion = Readonly<z.output<typeof serverVersion>>

/**
 * Parses the response of /version.
 *
 * @throws {Unsupported} when it is no response of a Kubernetes API server
 */
export function parseVersion(answer: unknown, cluster: string): ServerVersion {
  const parsed = versionInfo.safeParse(answer)
  if (parsed.success) return { minor: Number.parseInt(parsed.data.minor, 10), gitVersion: parsed.data.gitVersion }
  throw new Unsupported({
    object: `cluster ${cluster}`,
    reason: 'its /version names no version of Kubernetes 1',
    action: 'Check that the server in its credentials is a Kubernetes API server',
  })
}
