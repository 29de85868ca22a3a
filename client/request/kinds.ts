import type { QuestionName } from './questions.ts'

interface KindOfCluster {
  readonly means: string
  /** The questions for its request, in addition to the first workload. */
  readonly asks: readonly QuestionName[]
  /** A note to the reader of the request. */
  readonly note: string
  /** The options of `wid connect` for each secret that the setup needs: `' --management'`, or `''` without options. */
  readonly connects: readonly string[]
}

/** They name the secret with the credentials of a cluster. */
const ofSecret = ['region', 'account'] as const
const ofExistingCluster = ['name', 'connection', ...ofSecret] as const
const ofAnthosCluster = ['name', ...ofSecret, 'proxy'] as const
const ofNewCluster = [
  'clusterVersion',
  'vpc',
  'subnets',
  'controlPlaneProfile',
  'nodeProfile',
  'kmsKey',
  'bucket',
  'project',
  'location',
  'managementServiceAccount',
] as const

export const kinds = {
  'private-issuer': {
    means: 'a cluster of kubeadm, k3s, RKE2 or the like, with its default issuer, which AWS cannot read',
    asks: ofExistingCluster,
    note: 'AWS must read the issuer of a cluster, and cannot read the default issuer of this cluster. Therefore the request has discovery.hosting: the deployment publishes the public keys of the cluster at an issuer of its own. The setup then says what to change on the API server, and waits for the change. The API server stays private.',
    connects: [''],
  },
  'public-issuer': {
    means: 'a cluster whose issuer AWS can already read over the internet',
    asks: ofExistingCluster,
    note: 'The setup reads the issuer from a token of the cluster. It publishes nothing, because the cluster already has its discovery documents.',
    connects: [''],
  },
  'gke-on-aws': {
    means: 'a cluster of Anthos clusters on AWS (previous generation) that already exists',
    asks: ofAnthosCluster,
    note: 'The setup reads the issuer of the cluster from its AWSCluster, in the management cluster.',
    connects: [' --management', ''],
  },
  'new-gke-on-aws': {
    means: 'a cluster of Anthos clusters on AWS (previous generation) that the setup creates',
    asks: [...ofAnthosCluster, ...ofNewCluster],
    note: 'The setup creates the bucket and the cluster. It then waits until the secret in cluster.credentialsSecretArn has a value. Check the sizes and the address ranges before you send the request: they are proposals.',
    connects: [' --management'],
  },
} as const satisfies Readonly<Record<string, KindOfCluster>>

export type Kind = keyof typeof kinds

export const kindNames = ['private-issuer', 'public-issuer', 'gke-on-aws', 'new-gke-on-aws'] as const satisfies Kind[]

/** The questions for a request of this kind, in order. */
export function questionsOf(kind: Kind): readonly QuestionName[] {
  return [...kinds[kind].asks, 'namespace', 'serviceAccount', 'policy']
}

/** Whether the answers so far leave the question open. A cluster with an agent has no secret. */
export function isOpen(name: QuestionName, answers: ReadonlyMap<QuestionName, string>): boolean {
  const isOfSecret = ofSecret.some((each) => each === name)
  return !isOfSecret || answers.get('connection') !== 'agent'
}
