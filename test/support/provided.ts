/** What vitest.config.ts tells the contract suites: against whom they run. Nothing: against the sandbox's own servers. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder with kube-apiserver, kube-controller-manager, etcd and kubectl. */
    kubernetesAssets: string | undefined
    awsPeer: 'moto' | undefined
    googlePeer: 'gcp-storage-emulator' | 'fake-gcs-server' | undefined
  }
}

export {}
