import type { Authority } from '../network/authority.ts'
import type { ConnectProxy } from '../network/proxy.ts'
import { assembleKubernetes } from './assembly.ts'
import type { AnyCluster } from './clusters/any-cluster.ts'
import type { Cluster } from './clusters/cluster.ts'
import { ClusterFiles } from './clusters/cluster-files.ts'
import type { Publish } from './clusters/issuers.ts'
import { emulatedManagement } from './clusters/management.ts'

export type { Cluster } from './clusters/cluster.ts'

export interface KubernetesOptions {
  readonly authority: Authority
  /** The egress proxy: public names and the bastion. */
  readonly proxy: ConnectProxy
  /** The bastion's proxy: the management cluster and the clusters that it makes. */
  readonly bastion: ConnectProxy
  readonly directory: string
  /** Puts an object into a bucket of Google's, as the management service account; throws if it may not. */
  readonly publish: Publish
  /** How long a new AWSCluster takes to become a cluster; 2000 when left out. */
  readonly provisioningMs?: number
}

/**
 * With `host` the issuer has this host. With `bucket` its documents are in this bucket, which must allow the writes. With
 * `installer` it is the default issuer of the installer, and not published.
 */
export interface UserClusterOptions {
  readonly name: string
  /** `1.33.2` */
  readonly version: string
  readonly issuer: { readonly bucket: string } | { readonly host: string } | { readonly installer: 'kubeadm' }
}

export interface Kubernetes<C extends AnyCluster = Cluster> {
  /** Serves AWSCluster and AWSNodePool; reached through the bastion only. */
  readonly management: C
  /** `http://bastion.anthos.internal:8118`, a name that the egress proxy knows. */
  readonly bastionUrl: string
  /** May change at any time. With Infinity, new clusters never become ready. */
  provisioningMs: number
  /** An existing cluster, reachable through the egress proxy. Returns a cluster of an earlier run as it was. */
  addUserCluster(options: UserClusterOptions): Promise<C>
  /** The management cluster has the name `management`, a cluster of an AWSCluster the name of that. */
  cluster(name: string): C | undefined
  /** Of all clusters; the management cluster is the first. */
  names(): string[]
  /** The admin's kubeconfig with the names and the proxy of functions, for Secrets Manager. */
  kubeconfig(name: string): string
  /** The same for kubectl on this machine: through the proxies' local addresses. */
  localKubeconfig(name: string): string
  /** Calls back with the name of each cluster of an AWSCluster, before the state of that is Running. */
  onClusterUp(callback: (name: string) => Promise<void> | void): void
  close(): Promise<void>
}

/** The Kubernetes side of the sandbox, emulated. What the directory holds from an earlier run is started again. */
export function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  return assembleKubernetes(options, {
    keeper: new ClusterFiles(options.directory),
    management: emulatedManagement,
  })
}
