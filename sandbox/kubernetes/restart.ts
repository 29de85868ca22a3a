import * as z from 'zod/mini'
import type { Answer, ClusterContext } from './context.ts'
import { badRequest } from './status.ts'

/**
 * The path by which `npm run sandbox:issuers` restarts the API server of a cluster with other issuers. A real one is
 * restarted by whoever edits its command line; here only its administrator may.
 */
export const restartPath = '/sandbox/issuers'

const issuers = z.tuple([z.url()], z.url())

/** @throws ApiError 400 for a body that is no list of issuers, and for several on a version that takes one */
export function restartWith(cluster: ClusterContext, body: string): Answer {
  try {
    cluster.setIssuers(issuers.parse(JSON.parse(body)))
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
  return { code: 200, body: { issuers: [...cluster.signer.issuers] } }
}
