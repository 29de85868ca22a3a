import type { Call, CallLog } from '../../call-log.ts'
import type { JsonObject, KubeObject } from '../objects/objects.ts'

/** The identity and settings of an emulated or real cluster. They are stored with the cluster. */
export interface ClusterIdentity {
  readonly name: string
  /** The host name of the API server. The server's certificate contains it. */
  readonly host: string
  readonly port: number
  readonly issuer: string
  readonly isManagement: boolean
  readonly proxyUrl?: string
  /** No proxy routes the name of the API server, so no function reaches it. */
  readonly isClosed?: true
  /** The uid of the AWSCluster for which the cluster was created. */
  readonly madeFrom?: string
  /** The ID of the cluster in the status of that AWSCluster. */
  readonly id?: string
}

/** The documents that a cluster publishes at its issuer, so that AWS can verify its tokens. */
export interface IssuerDocuments {
  readonly discovery: JsonObject
  readonly keySet: JsonObject
}

/** A call log in this process: reading it is synchronous. */
export interface ClusterCallLog extends CallLog {
  all(): readonly Call[]
  clear(): void
}

/** The common interface of emulated and real clusters. Most tests need only this interface. */
export interface AnyCluster {
  readonly settings: ClusterIdentity
  readonly name: string
  readonly gitVersion: string
  readonly port: number
  /** The certificate of the cluster's own authority, which signed the certificate of the API server. */
  readonly caPem: string
  /** A bearer token of the group system:masters. */
  readonly adminToken: string
  /** The calls of all clients except the cluster's own components. */
  readonly calls: ClusterCallLog
  /**
   * The admin's kubeconfig, as YAML.
   *
   * @param proxyUrl default: the proxy by which functions reach the cluster, if any
   */
  kubeconfig(proxyUrl?: string): string
  /** Returns the objects of this kind in one or all namespaces, for assertions. */
  objects(kind: string, namespace?: string): readonly KubeObject[] | Promise<readonly KubeObject[]>
  allObjects(): readonly KubeObject[] | Promise<readonly KubeObject[]>
  issuerDocuments(): Promise<IssuerDocuments>
  close(): Promise<void>
}
