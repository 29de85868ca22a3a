import * as z from 'zod/mini'
import { Unsupported } from '../../errors/step-errors.ts'

/** The parts of the answer of /version that are read. */
const versionInfo = z.object({ minor: z.string(), gitVersion: z.string() })

export interface ServerVersion {
  /** 33 for gitVersion "v1.33.2", also where the server says "33+". */
  readonly minor: number
  readonly gitVersion: string
}

/**
 * Reads the answer of /version.
 *
 * @throws {Unsupported} when it is no answer of a Kubernetes API server
 */
export function parseVersion(answer: unknown, cluster: string): ServerVersion {
  const parsed = versionInfo.safeParse(answer)
  const minor = parsed.success ? Number.parseInt(parsed.data.minor, 10) : Number.NaN
  const gitVersion = parsed.success ? parsed.data.gitVersion : ''
  if (Number.isInteger(minor) && /^v1\.\d+\.[\w.+-]{1,60}$/.test(gitVersion)) return { minor, gitVersion }
  throw new Unsupported({
    object: `cluster ${cluster}`,
    reason: 'its /version names no version of Kubernetes 1',
    action: 'Check that the server in its credentials is a Kubernetes API server',
  })
}
