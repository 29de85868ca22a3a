import type { Call, CallLog } from '../../call-log.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'

/** What tells one cluster from another, whoever serves it; stored with it. */
export interface ClusterIdentity {
  readonly name: string
  /** The name by which clients reach the API server; its certificate carries it. */
  readonly host: string
  readonly port: number
  readonly issuer: string
  /** Serves AWSCluster and AWSNodePool. */
  readonly isManagement: boolean
  /** In kubeconfigs: the bastion's proxy. */
  readonly proxyUrl?: string
  /** The uid of the AWSCluster that it was made from, and the ID that it has there. */
  readonly madeFrom?: string
  readonly id?: string
}

/** What a cluster publishes of its issuer, so that the public can check its tokens. */
export interface IssuerDocuments {
  /** /.well-known/openid-configuration */
  readonly discovery: JsonObject
  /** /openid/v1/jwks */
  readonly keySet: JsonObject
}

/** A log that is read at once. */
export interface ClusterCallLog extends CallLog {
  all(): readonly Call[]
  clear(): void
}

/** What the emulated cluster and one of real processes have in common: all that most tests need. */
export interface AnyCluster {
  readonly settings: ClusterIdentity
  readonly name: string
  /** As its /version says: `v1.37.2`. */
  readonly gitVersion: string
  /** The local port; clients reach it through a proxy, by the cluster's name. */
  readonly port: number
  /** Of the cluster's own authority, which has signed the API server's certificate. */
  readonly caPem: string
  /** A bearer token of the group system:masters. */
  readonly adminToken: string
  /** Of every client but the cluster's own parts. */
  readonly calls: ClusterCallLog
  /**
   * The admin's; YAML.
   *
   * @param proxyUrl left out: the one by which functions reach the cluster, if any
   */
  kubeconfig(proxyUrl?: string): string
  /** For assertions: what is there of this kind, in one namespace or in all. */
  objects(kind: string, namespace?: string): readonly KubeObject[] | Promise<readonly KubeObject[]>
  /** For assertions: what is there of every kind. */
  allObjects(): readonly KubeObject[] | Promise<readonly KubeObject[]>
  issuerDocuments(): Promise<IssuerDocuments>
  close(): Promise<void>
}
