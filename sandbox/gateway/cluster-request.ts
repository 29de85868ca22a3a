import type { ServerResponse } from 'node:http'
import { refuse } from './refuse.ts'

/** Creates a cluster of the sandbox. @param wanted the query parameters of the request */
export type ClusterMaker = (wanted: Readonly<Record<string, string>>) => Promise<object>

/** The requested cluster cannot be created. The message says why, and what to do. */
export class RefusedCluster extends Error {}

export async function makeCluster(
  maker: ClusterMaker | undefined,
  wanted: Readonly<Record<string, string>>,
  outgoing: ServerResponse,
): Promise<void> {
  if (maker === undefined) return refuse(outgoing, 503, 'the sandbox is starting: try again')
  try {
    const made = await maker(wanted)
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(made)}\n`)
  } catch (error) {
    if (!(error instanceof RefusedCluster)) throw error
    refuse(outgoing, 409, error.message)
  }
}
