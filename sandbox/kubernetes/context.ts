import type { ClusterAuthority } from './certificates.ts'
import type { ServedType } from './kinds/resources.ts'
import type { JsonObject } from './objects/objects.ts'
import type { Store } from './objects/store.ts'
import type { User } from './requests/authentication.ts'
import type { ResourceRequest } from './requests/request-info.ts'
import type { Issuers, TokenSigner } from './tokens.ts'

export interface ClusterContext {
  /** `v1.20.9-gke.300` */
  readonly gitVersion: string
  readonly minor: number
  readonly types: readonly ServedType[]
  readonly store: Store
  readonly authority: ClusterAuthority
  readonly signer: TokenSigner
  readonly isReady: boolean
  setIssuers(issuers: Issuers): void
  /** Where mutating webhooks that a Service stands for are reached. */
  readonly endpoints: Endpoints
}

export interface Endpoints {
  /** The local port, or why there is none, in the words of a real server. */
  resolve(service: { namespace: string; name: string; port: number }): { localPort: number } | { error: string }
}

/** One request for a resource, authenticated and authorized. */
export interface Call {
  readonly cluster: ClusterContext
  readonly user: User
  readonly target: ResourceRequest
  readonly query: URLSearchParams
  readonly contentType: string
  readonly accept: string
  /** The first part of the User-Agent: the field manager of those who name none. */
  readonly agent: string
  /** Handlers add to it; the client gets these in the header Warning. */
  readonly warnings: string[]
  readonly body: string
}

export interface Answer {
  readonly code: number
  readonly body: JsonObject
}

export function isDryRun(query: URLSearchParams): boolean {
  return query.getAll('dryRun').includes('All')
}
