import * as z from 'zod/mini'
import type { Answer, ClusterContext } from '../context.ts'
import { badRequest } from '../requests/status.ts'

/**
 * The path by which `npm run sandbox -- issuers` simulates a restart of the API server with other issuers. Only the
 * administrator of the cluster may use it. A real API server has no such path: its issuers are on its command line.
 */
export const restartPath = '/sandbox/issuers'

const issuers = z.tuple([z.url()], z.url())

/** @throws ApiError 400 for a body that is not a list of issuers, or for several issuers before Kubernetes 1.22 */
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
