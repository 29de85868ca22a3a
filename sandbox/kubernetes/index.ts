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
 * With `host` the issuer has a host of its own; with `bucket` its documents are published there, which must be allowed; with
 * `installer` it is the one that this leaves a cluster with, and is published nowhere.
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
  /** May be changed at any time; Infinity keeps new clusters from ever being there. */
  provisioningMs: number
  /** A cluster that is just there, reached through the egress proxy. One of an earlier run is given back as it was. */
  addUserCluster(options: UserClusterOptions): Promise<C>
  /** The management cluster is called `management`, a cluster of an AWSCluster as that is. */
  cluster(name: string): C | undefined
  /** Of all clusters, the management cluster's first. */
  names(): string[]
  /** The admin's kubeconfig with the names and the proxy that functions use: what belongs into Secrets Manager. */
  kubeconfig(name: string): string
  /** The same for kubectl on this machine: through the proxies' local addresses. */
  localKubeconfig(name: string): string
  /** Called with the name of each cluster that an AWSCluster becomes, before that says that it is running. */
  onClusterUp(callback: (name: string) => Promise<void> | void): void
  /** Writes everything to the directory. */
  close(): Promise<void>
}

/** The Kubernetes side of the sandbox, emulated. What the directory holds from an earlier run is started again. */
export function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  return assembleKubernetes(options, {
    keeper: new ClusterFiles(options.directory),
    management: emulatedManagement,
  })
}
