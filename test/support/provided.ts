/** The server that a contract suite runs against, from vitest.config.ts. By default it runs against the sandbox. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder with kube-apiserver, kube-controller-manager, etcd and kubectl. */
    kubernetesAssets: string | undefined
    awsPeer: 'moto' | undefined
    googlePeer: 'gcp-storage-emulator' | 'fake-gcs-server' | undefined
  }
}

export {}
