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
  /** Resolves the Services of mutating webhooks to local ports. */
  readonly endpoints: Endpoints
}

export interface Endpoints {
  /** Returns the local port, or the error message of a real API server. */
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
  /** The first part of the User-Agent. It is the field manager of a request that names no field manager. */
  readonly agent: string
  /** The warnings that handlers add. The client receives them in the header Warning. */
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
