/** A question of `wid init`. The option of the same name answers it in scripts. */
interface Question {
  readonly flags: string
  /** With an example. It completes "Give ", and describes the option. */
  readonly asks: string
  /** The request field with the answer's format. For a list, it applies to each comma-separated part. */
  readonly field: string
  /** The possible answers, if they are few. */
  readonly choices?: readonly string[]
  /** The default answer. */
  readonly proposal?: string
  /** Accepts an empty answer. Without a terminal, it is the default. */
  readonly isOptional?: true
}

export const questions = {
  name: {
    flags: '--name <name>',
    asks: 'the name of the cluster, such as prod-eu: lower-case letters, digits and hyphens',
    field: 'cluster.name',
  },
  connection: {
    flags: '--connection <name>',
    asks: 'the connection to its API server: direct, or agent if AWS cannot reach it',
    field: 'cluster.connection',
    choices: ['direct', 'agent'],
    proposal: 'direct',
    isOptional: true,
  },
  region: {
    flags: '--region <name>',
    asks: 'the AWS region of the deployment, such as eu-west-1',
    field: 'cluster.spec.region',
  },
  account: {
    flags: '--account <id>',
    asks: 'the twelve digits of the AWS account of the deployment',
    field: 'cluster.awsAccountId',
  },
  namespace: {
    flags: '--namespace <name>',
    asks: 'the namespace of the first workload, such as default',
    field: 'workloads.namespace',
    proposal: 'default',
  },
  serviceAccount: {
    flags: '--service-account <name>',
    asks: 'the Kubernetes service account of the first workload, such as s3-reader',
    field: 'workloads.serviceAccount',
  },
  policy: {
    flags: '--policy <arn>',
    asks: 'the ARN of a managed policy for the role of the first workload, such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    field: 'workloads.role.policyArns',
  },
  proxy: {
    flags: '--proxy <url>',
    asks: 'the HTTP CONNECT proxy in front of the clusters, such as http://bastion.example.com:8118; empty if there is none',
    field: 'cluster.proxyUrl',
    isOptional: true,
  },
  clusterVersion: {
    flags: '--cluster-version <version>',
    asks: 'the version of the new cluster, such as 1.33.2-gke.100',
    field: 'cluster.spec.controlPlane.version',
  },
  vpc: {
    flags: '--vpc <id>',
    asks: 'the VPC of the new cluster, such as vpc-0a1b2c3d4e5f60718',
    field: 'cluster.spec.networking.vpcID',
  },
  subnets: {
    flags: '--subnets <ids>',
    asks: 'the subnets of the control plane of the new cluster, one for each zone, separated by commas; the node pool uses the first subnet',
    field: 'cluster.spec.controlPlane.subnetIDs',
  },
  controlPlaneProfile: {
    flags: '--control-plane-profile <name>',
    asks: 'the name of the instance profile of the control plane of the new cluster, such as prod-eu-control-plane',
    field: 'cluster.spec.controlPlane.iamInstanceProfile',
  },
  nodeProfile: {
    flags: '--node-profile <name>',
    asks: 'the name of the instance profile of the nodes of the new cluster, such as prod-eu-nodes',
    field: 'cluster.nodePools.spec.iamInstanceProfile',
  },
  kmsKey: {
    flags: '--kms-key <arn>',
    asks: 'the KMS key that encrypts the secrets of the new cluster, in the region of the cluster: arn:aws:kms:REGION:ACCOUNT:key/ID',
    field: 'cluster.spec.controlPlane.databaseEncryption.kmsKeyARN',
  },
  bucket: {
    flags: '--bucket <name>',
    asks: 'the Cloud Storage bucket for the discovery documents of the new cluster, such as prod-eu-oidc',
    field: 'discovery.bucket',
  },
  project: {
    flags: '--project <id>',
    asks: 'the Google Cloud project of the bucket, such as platform-prod',
    field: 'discovery.projectId',
  },
  location: {
    flags: '--location <name>',
    asks: 'the location of the bucket, such as EU',
    field: 'discovery.location',
    proposal: 'EU',
  },
  managementServiceAccount: {
    flags: '--management-service-account <email>',
    asks: 'the Google account of the management service, such as management-sa@platform-prod.iam.gserviceaccount.com',
    field: 'discovery.managementServiceAccount',
  },
} as const satisfies Readonly<Record<string, Question>>

export type QuestionName = keyof typeof questions

export const questionNames = Object.keys(questions).filter(isQuestionName)

function isQuestionName(name: string): name is QuestionName {
  return Object.hasOwn(questions, name)
}

/** The answer to a question. Empty when nothing was typed. */
export type Answers = (name: QuestionName) => string

export function questionOf(name: QuestionName): Question {
  return questions[name]
}

/** The parts of a comma-separated list. */
export function partsOf(answer: string): string[] {
  return answer.split(',').map((part) => part.trim())
}
