import { isDeepStrictEqual } from 'node:util'
import { ApiRefusal } from '../api-client.ts'
import type { ManagementApi } from '../clusters/management.ts'
import { Mirror } from '../clusters/mirror.ts'
import { eventAbout } from '../controllers/writes.ts'
import type { RealCluster } from './cluster.ts'

const kinds = ['AWSCluster', 'AWSNodePool']

/** The calls of the management service to a real API server. They have the sandbox's own token. */
export function realManagement(cluster: RealCluster): ManagementApi {
  const { api } = cluster
  const listeners = new Set<(change: { object: { kind: string } }) => void>()
  const mirrors = kinds.map(
    (kind) =>
      new Mirror(api, cluster.pathOf(kind), () => {
        for (const listener of listeners) listener({ object: { kind } })
      }),
  )
  return {
    cluster,
    async putStatus({ kind, metadata, status: before }, status, manager) {
      if (isDeepStrictEqual(before ?? {}, status)) return
      const path = `${cluster.pathOf(kind, metadata.namespace)}/${metadata.name}/status`
      await api.merge(`${path}?fieldManager=${manager}`, { status }).catch(unlessGone)
    },
    async reportEvent(about, occurrence) {
      const namespace = about.metadata.namespace ?? 'default'
      await api.call('POST', `/api/v1/namespaces/${namespace}/events`, eventAbout(about, occurrence))
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      await Promise.all(mirrors.map((mirror) => mirror.close()))
    },
  }
}

/** The object may have been deleted since it was read. */
function unlessGone(error: unknown): void {
  if (error instanceof ApiRefusal && error.code === 404) return
  throw error
}
