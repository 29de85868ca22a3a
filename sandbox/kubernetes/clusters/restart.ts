import * as z from 'zod/mini'
import type { Answer, ClusterContext } from '../context.ts'
import { badRequest } from '../requests/status.ts'

/**
 * The path by which `npm run sandbox -- issuers` restarts the API server of a cluster with other issuers, for its administrator
 * only. The issuers of a real one are on its command line.
 */
export const restartPath = '/sandbox/issuers'

const issuers = z.tuple([z.url()], z.url())

/** @throws ApiError 400 for a body that is no list of issuers, and for several on a version that takes one */
export function restartWith(cluster: ClusterContext, body: string): Answer {
  const wanted = issuers.safeParse(parsed(body)).data
  if (wanted === undefined) throw badRequest('the body is not a list of URLs')
  const before = [...cluster.signer.issuers]
  try {
    cluster.setIssuers(wanted)
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error))
  }
  return { code: 200, body: { issuers: [...cluster.signer.issuers], before } }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
