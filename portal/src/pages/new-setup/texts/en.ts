/** Texts of the wizard. They load with the wizard, not with the first page. */
import type { Kind } from '../../../../../client/request/kinds.ts'
import { reconcileTexts } from '../../../parts/reconcile-texts.ts'
import type { FaultKind } from '../faults.ts'
import type { FieldName, StepName } from '../fields.ts'

export interface FieldTexts {
  readonly label: string
  /** The field's purpose. */
  readonly hint?: string
  /** The allowed form with an example. The message about a fault ends with it. */
  readonly form?: string
}

export interface OptionTexts {
  readonly label: string
  readonly detail: string
}

const steps: Readonly<Record<StepName, { readonly title: string; readonly detail: string }>> = {
  kind: { title: 'Kind of cluster', detail: 'The kind decides which fields a setup needs.' },
  cluster: { title: 'Cluster', detail: 'How the deployment reaches the cluster.' },
  creation: {
    title: 'Creation of the cluster',
    detail: 'What the setup creates. Sizes and address ranges are proposals.',
  },
  workloads: {
    title: 'Workloads',
    detail: 'Each Kubernetes service account that gets an IAM role.',
  },
  webhook: { title: 'Webhook', detail: 'How pods get their role. The proposals fit most clusters.' },
  review: { title: 'Plan and start', detail: 'What the setup would do. Nothing has been changed yet.' },
}

const kinds: Readonly<Record<Kind, OptionTexts>> = {
  'private-issuer': {
    label: 'Existing cluster, private issuer',
    detail:
      'Such as kubeadm, k3s or RKE2 with its default issuer. The deployment hosts an issuer with the public keys of the cluster. The API server stays private.',
  },
  'public-issuer': {
    label: 'Existing cluster, public issuer',
    detail: 'AWS can read the issuer of the cluster over the internet already.',
  },
  'gke-on-aws': {
    label: 'Anthos clusters on AWS, existing',
    detail: 'Previous generation. The setup reads the issuer from the AWSCluster in the management cluster.',
  },
  'new-gke-on-aws': {
    label: 'Anthos clusters on AWS, new',
    detail: 'Previous generation. The setup makes the discovery bucket, and creates the cluster.',
  },
}

const fields: Readonly<Record<FieldName, FieldTexts>> = {
  'cluster.name': {
    label: 'Name of the cluster',
    hint: 'For Anthos clusters on AWS: the name of the AWSCluster. For other clusters: any name.',
    form: 'Lower-case letters, digits and hyphens, 1 to 63, such as prod-eu.',
  },
  'cluster.connection': { label: 'Connection' },
  'cluster.credentialsSecretArn': {
    label: 'Secret with the credentials of the cluster',
    hint: 'The ARN of a secret with a name of the form PREFIX/CLUSTER/NAME. The field is filled with the ARN of the secret that "wid connect CLUSTER" creates.',
    form: 'An ARN, such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:workload-identity/prod-eu/user-cluster.',
  },
  'cluster.management.credentialsSecretArn': {
    label: 'Secret with the credentials of the management cluster',
    form: 'An ARN, such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:workload-identity/prod-eu/management.',
  },
  'cluster.management.namespace': {
    label: 'Namespace of the AWSCluster',
    form: 'The name of a namespace, such as default.',
  },
  'cluster.management.proxyUrl': {
    label: 'Proxy in front of the management cluster',
    form: 'An HTTP CONNECT proxy, http://HOST:PORT, such as http://bastion.example.com:8118.',
  },
  'cluster.proxyUrl': {
    label: 'Proxy in front of the cluster',
    form: 'An HTTP CONNECT proxy, http://HOST:PORT, such as http://bastion.example.com:8118.',
  },
  'cluster.issuerUrl': {
    label: 'Issuer',
    hint: 'If empty: read from a token of the cluster.',
    form: 'An address, such as https://oidc.example.com/prod-eu.',
  },
  'cluster.awsAccountId': {
    label: 'AWS account of the roles',
    hint: 'If empty: the account of the deployment.',
    form: 'Twelve digits.',
  },
  'cluster.readyTimeoutMinutes': { label: 'Minutes to wait for the cluster to be ready' },
  reconcile: { label: reconcileTexts.en.title },
  'discovery.acceptRefusedTokens': {
    label: 'Accept that the API server refuses the tokens of running pods',
    hint: 'Needed if the API server cannot accept two issuers: see the table of distributions in docs/issuer.md. The API server refuses the tokens until the kubelet renews them, within 50 minutes. Restart programs that read the token only at their start. Without this consent the setup fails with ConsentMissing.',
  },
  'cluster.spec.region': { label: 'AWS region', form: 'The name of a region, such as eu-west-1.' },
  'cluster.spec.networking.vpcID': { label: 'VPC', form: 'The ID of a VPC, such as vpc-0a1b2c3d4e5f60718.' },
  'cluster.spec.networking.podAddressCIDRBlocks': {
    label: 'Address range of pods',
    form: 'One IPv4 range, such as 10.2.0.0/16.',
  },
  'cluster.spec.networking.serviceAddressCIDRBlocks': {
    label: 'Address range of services',
    form: 'One IPv4 range, such as 10.1.0.0/16.',
  },
  'cluster.spec.controlPlane.version': {
    label: 'Version',
    form: 'A version of Anthos clusters on AWS, such as 1.33.2-gke.100.',
  },
  'cluster.spec.controlPlane.instanceType': { label: 'Instance type', form: 'Such as m5.large.' },
  'cluster.spec.controlPlane.subnetIDs': {
    label: 'Subnets',
    hint: 'One for each zone.',
    form: 'IDs of subnets, such as subnet-0aa11bb22cc33dd44.',
  },
  'cluster.spec.controlPlane.iamInstanceProfile': {
    label: 'Instance profile',
    form: 'The name of an instance profile, not its ARN, such as prod-eu-control-plane.',
  },
  'cluster.spec.controlPlane.databaseEncryption.kmsKeyARN': {
    label: 'KMS key that encrypts the secrets of the cluster',
    form: 'The ARN of a key in the region of the cluster, arn:aws:kms:REGION:ACCOUNT:key/ID.',
  },
  'cluster.spec.controlPlane.keyName': { label: 'EC2 key pair', form: 'The name of a key pair.' },
  'cluster.nodePools.name': { label: 'Name', form: 'Lower-case letters, digits and hyphens, such as pool-0.' },
  'cluster.nodePools.spec.subnetID': {
    label: 'Subnet',
    form: 'The ID of a subnet, such as subnet-0aa11bb22cc33dd44.',
  },
  'cluster.nodePools.spec.minNodeCount': { label: 'Smallest number of nodes' },
  'cluster.nodePools.spec.maxNodeCount': { label: 'Largest number of nodes' },
  'cluster.nodePools.spec.instanceType': { label: 'Instance type', form: 'Such as m5.large.' },
  'cluster.nodePools.spec.iamInstanceProfile': {
    label: 'Instance profile',
    form: 'The name of an instance profile, not its ARN, such as prod-eu-nodes.',
  },
  'cluster.nodePools.spec.keyName': { label: 'EC2 key pair', form: 'The name of a key pair.' },
  'discovery.bucket': {
    label: 'Cloud Storage bucket',
    hint: 'The cluster publishes its discovery documents there. The setup creates it if it is missing.',
    form: 'Lower-case letters, digits, hyphens and dots, 3 to 63, such as prod-eu-oidc.',
  },
  'discovery.projectId': { label: 'Google Cloud project', form: 'The ID of a project, such as platform-prod.' },
  'discovery.location': { label: 'Location', form: 'A location of Cloud Storage, such as EU.' },
  'discovery.managementServiceAccount': {
    label: 'Google account of the management service',
    hint: 'The cluster writes the discovery documents with this account.',
    form: 'An e-mail address, such as management-sa@platform-prod.iam.gserviceaccount.com.',
  },
  'workloads.namespace': { label: 'Namespace', form: 'The name of a namespace, such as default.' },
  'workloads.serviceAccount': {
    label: 'Service account',
    form: 'The name of a Kubernetes service account, such as s3-reader.',
  },
  'workloads.role.policyArns': {
    label: 'Managed policies',
    hint: 'Policies that the deployment allows. Needed unless the role has an inline policy.',
    form: 'ARNs or names, at most 10, such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess or AmazonS3ReadOnlyAccess.',
  },
  'workloads.role.inlinePolicy': {
    label: 'Inline policy',
    form: 'A policy document in JSON, {"Version": "2012-10-17", "Statement": [...]}.',
  },
  'workloads.role.name': {
    label: 'Name of the role',
    hint: 'If empty: made from cluster, namespace and service account.',
    form: 'Letters, digits and _+=,.@-, at most 64.',
  },
  'workloads.role.maxSessionSeconds': { label: 'Longest session in seconds' },
  'webhook.mode': { label: 'Webhook' },
  'webhook.failurePolicy': { label: 'New pods while the webhook does not answer' },
  'webhook.certificate': { label: 'Certificate of the webhook' },
  'webhook.image': {
    label: 'Image',
    hint: 'If empty: the image of the last setup of this cluster, or otherwise one that fits the cluster.',
    form: 'An image with a tag or a digest, such as registry.example.com/pod-identity-webhook:v0.6.17.',
  },
  'webhook.namespace': {
    label: 'Namespace of the webhook',
    form: 'The name of a namespace, such as workload-identity-webhook.',
  },
  adopt: {
    label: 'Take over objects that were created by hand',
    hint: 'Without this consent, a setup fails if another owner has created an object with a name that the setup needs.',
  },
}

const options: Readonly<Record<string, Readonly<Record<string, OptionTexts>>>> = {
  reconcile: reconcileTexts.en.modes,
  'cluster.connection': {
    direct: { label: 'Direct', detail: 'Functions call the API server, with the credentials in a secret.' },
    agent: {
      label: 'Agent',
      detail:
        'For a cluster that AWS cannot reach. An agent in the cluster relays the requests of the functions. The setup waits for it, and shows the command that enrols it.',
    },
  },
  'webhook.mode': {
    install: { label: 'Install it', detail: 'The setup installs the pod identity webhook in the cluster.' },
    managed: { label: 'The cluster has one', detail: 'The setup does not change it.' },
    none: { label: 'None', detail: 'Pods mount the token themselves.' },
  },
  'webhook.failurePolicy': {
    Ignore: { label: 'Start without credentials', detail: 'Ignore' },
    Fail: { label: 'Are refused', detail: 'Fail' },
  },
  'webhook.certificate': {
    auto: {
      label: 'Chosen for the version of Kubernetes',
      detail: 'csr up to 1.21 if the image supports it, otherwise own-ca',
    },
    'own-ca': { label: 'Signed by a certificate authority that the product creates', detail: 'own-ca' },
    csr: { label: 'Signed by the cluster', detail: 'csr' },
  },
}

const fault: Readonly<Record<Exclude<FaultKind, 'server'>, string>> = {
  missing: 'This is missing.',
  noPolicy: 'The role has no policy: enter the ARN of one, or an inline policy.',
  form: 'This is not of the right form.',
  number: 'This is not a number that is allowed.',
  json: 'This is not a JSON object.',
  choice: 'This cannot be chosen here.',
  length: 'This list has too many or too few entries.',
  unknown: 'There is no such field: remove it.',
}

export const en = {
  changeOf: (cluster: string) => `Change the setup of ${cluster}`,
  steps,
  kind: 'Kind of cluster',
  kinds,
  fields,
  options,
  optional: 'optional',
  /** Joins sentences. */
  sentences: (sentences: readonly string[]) => sentences.join(' '),
  oneALine: 'Enter one per line.',
  network: 'Network',
  controlPlane: 'Control plane',
  nodePool: (number: number) => `Node pool ${number}`,
  addNodePool: 'Add a node pool',
  bucket: 'Discovery bucket',
  workload: (number: number) => `Workload ${number}`,
  addWorkload: 'Add a workload',
  remove: 'Remove',
  removeWhat: (what: string) => `Remove ${what}`,
  workloadsStay:
    'Removing a workload from this form does not remove its role. To delete the role, tear the workload down on My workloads.',
  noFurtherWebhook: 'No more fields: the setup does not install the webhook.',
  fault,
  wholeNumber: (from: number, to: number) => `Enter a whole number from ${from} to ${to}.`,
  otherFaults: 'Correct these parts of the request, which have no field here',
  wholeRequest: 'The request',
  correctInYaml: 'Correct them in the YAML',
  editYaml: 'Edit as YAML',
  yaml: 'Request as YAML or JSON',
  yamlDetail: 'Paste a request, or open a file. The button fills the form with it. Nothing is sent.',
  openFile: 'Open a file',
  fill: 'Fill the form',
  notYaml: (line: number, column: number, message: string) => `Line ${line}, column ${column} is not YAML: ${message}`,
  badAliases: 'A YAML alias is undefined, circular or too large. Write out its content.',
  notRead: (file: string) => `${file} cannot be read. Choose another file, or paste the request.`,
  severalRequests: (count: number) => `There are ${count} requests here. Keep only one.`,
  noRequest: 'There is no request here. It begins with "cluster:".',
  planAgain: 'Plan again',
  planning: 'The plan is being made. It changes nothing.',
  showPlan: 'Show the operation of this plan',
  start: 'Start',
  notYours: 'You may not start this setup',
  passOn: 'Send the request below to one of them.',
  request: 'The request',
  download: (file: string) => `Download ${file}`,
  asYaml: 'YAML',
  asCommand: 'Command line',
  asCurl: 'curl',
  rights: 'Rights on the cluster',
  rightsDetail:
    'The deployment needs these Kubernetes rights. "wid rights -f FILE --apply" grants them to a service account in the cluster. For a direct connection, "wid connect CLUSTER -f FILE" also stores a token of this account.',
  leaveTitle: 'Leave without starting the setup?',
  leaveDetail: 'What you have entered is lost.',
  leave: 'Leave',
  stay: 'Stay here',
}

export type SetupTexts = typeof en
