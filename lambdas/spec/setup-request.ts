import * as z from 'zod/mini'
import { checkedText, described, objectOf, oneOfThese, patternOf, textOf, wholeNumber } from './format.ts'
import {
  awsAccountId,
  bucketLocation,
  bucketName,
  dnsLabel,
  dnsSubdomain,
  googleServiceAccount,
  projectId,
  refusedBucketNames,
} from './names.ts'
import {
  issuerUrlPattern,
  longestIssuerUrl,
  longestSecretArn,
  pinnedImage,
  plainSecretArn,
  proxyUrlPattern,
  requestingImage,
} from './patterns.ts'

/**
 * The parts of a request in normal form: with all defaults, and with opaque specs. Steps use only these parts, which
 * limits the schema in their bundles. schema.ts has the parts that only the API needs.
 */

const anyObject = z.record(z.string(), z.unknown())

export const management = objectOf('Management cluster; gke-on-aws needs it', {
  credentialsSecretArn: checkedText(
    'ARN of the secret with its credentials: a kubeconfig, or JSON with server, caData and token',
    patternOf(plainSecretArn),
    { maxLength: longestSecretArn },
  ),
  namespace: z._default(textOf(dnsLabel, 'Namespace of the AWSCluster and its AWSNodePools'), 'default'),
  proxyUrl: z.optional(
    checkedText('HTTP CONNECT proxy of the management cluster: an http URL with host and port', proxyUrlPattern),
  ),
})

export const nodePool = z.strictObject({ name: textOf(dnsLabel, 'Name of the AWSNodePool'), spec: anyObject })

export const cluster = z.strictObject({
  name: textOf(dnsLabel, 'Name of the cluster; with gke-on-aws, of its AWSCluster'),
  provider: described(
    'gke-on-aws: Anthos clusters on AWS (previous generation); existing: any other cluster that exists, such as k3s or kubeadm',
    z.enum(['gke-on-aws', 'existing']),
  ),
  management: z.optional(management),
  connection: z.optional(
    described(
      'direct, the default: functions call the API server, with the credentials in a secret; agent: the agent in the cluster relays their requests, and AWS has no credentials of the cluster',
      z.enum(['direct', 'agent']),
    ),
  ),
  credentialsSecretArn: z.optional(
    checkedText(
      'ARN of the secret with its credentials; for a new cluster, filled during the setup; left out with connection agent',
      patternOf(plainSecretArn),
      { maxLength: longestSecretArn },
    ),
  ),
  proxyUrl: z.optional(
    checkedText('HTTP CONNECT proxy of the cluster: an http URL with host and port', proxyUrlPattern),
  ),
  issuerUrl: z.optional(
    checkedText('Issuer, only with existing; read from a token by default', issuerUrlPattern, {
      maxLength: longestIssuerUrl,
    }),
  ),
  awsAccountId: z.optional(
    textOf(
      awsAccountId,
      'AWS account of provider and roles, one of the setting accounts; the account of the deployment by default',
    ),
  ),
  readyTimeoutMinutes: z._default(wholeNumber(5, 720, 'Minutes to wait until the cluster is ready, 5 to 720'), 60),
  spec: z.optional(anyObject),
  nodePools: z.optional(z.array(nodePool)),
})

export const defaultManagementRole = 'roles/storage.objectAdmin'

const managementRole = z.enum([defaultManagementRole, 'roles/storage.objectUser', 'roles/storage.admin'])

/** The bucket in which a new cluster publishes its discovery documents. */
export const bucketDiscovery = z.object({
  bucket: textOf(bucketName, 'Cloud Storage bucket; created if missing', {
    not: { anyOf: refusedBucketNames.map(([name]) => ({ pattern: patternOf(name) })) },
  }),
  projectId: textOf(projectId, 'Google Cloud project of the bucket'),
  location: textOf(bucketLocation, 'Location of the bucket'),
  managementServiceAccount: textOf(
    googleServiceAccount,
    'Google service account of the management service, which writes the documents',
  ),
  managementRole: z._default(managementRole, defaultManagementRole),
})

const { bucket, projectId: bucketProject, location, managementServiceAccount } = bucketDiscovery.shape

export const discovery = objectOf(
  'Host of the discovery documents: a bucket, which a new cluster needs, or the deployment; left out if the cluster publishes them itself',
  {
    hosting: z.optional(
      described(
        'deployment: the deployment hosts the issuer of an existing cluster with a private issuer',
        z.enum(['deployment']),
      ),
    ),
    acceptRefusedTokens: z.optional(
      described(
        'true: the API server may refuse the tokens of running pods until the kubelet renews them, within 50 minutes; needed if it accepts one issuer only',
        z.boolean(),
      ),
    ),
    bucket: z.optional(bucket),
    projectId: z.optional(bucketProject),
    location: z.optional(location),
    managementServiceAccount: z.optional(managementServiceAccount),
    managementRole: z.optional(
      described('Role of that account on the bucket', z.clone(managementRole), { default: defaultManagementRole }),
    ),
  },
  oneOfThese(
    {
      properties: { hosting: false, acceptRefusedTokens: false },
      required: ['bucket', 'projectId', 'location', 'managementServiceAccount'],
    },
    {
      properties: {
        bucket: false,
        projectId: false,
        location: false,
        managementServiceAccount: false,
        managementRole: false,
      },
      required: ['hosting'],
    },
  ),
)

const webhookNamespace = 'workload-identity-webhook'

/** The fields that determine the webhook's Deployment. The record contains them, so that steps can recreate it. */
export const deploymentFields = {
  image: z.optional(
    described('Image with tag or digest; by default the recorded one, or one that fits the cluster', z.string()),
  ),
  namespace: z._default(textOf(dnsLabel, 'Namespace of the webhook'), webhookNamespace),
}

const webhookFields = {
  mode: z._default(
    described(
      'install: the setup installs it; managed: the cluster has one; none: pods mount the token themselves',
      z.enum(['install', 'managed', 'none']),
    ),
    'install',
  ),
  certificate: z._default(
    described(
      'Source of its certificate; auto: csr up to Kubernetes 1.21, own-ca from 1.22',
      z.enum(['auto', 'own-ca', 'csr']),
    ),
    'auto',
  ),
  ...deploymentFields,
  failurePolicy: z._default(
    described(
      'New pods while the webhook is down: Ignore starts them without credentials, Fail refuses them; left out, an installed webhook stays as recorded',
      z.enum(['Ignore', 'Fail']),
    ),
    'Ignore',
  ),
}

const { mode: _, ...fieldsOfInstalled } = webhookFields

const defaultsOfInstalled: Readonly<Record<string, string | undefined>> = z.strictObject(fieldsOfInstalled).parse({})

/** Without an installed webhook, the other fields have their defaults, as in the normal form, or are absent. */
const onlyDefaults = Object.fromEntries(
  Object.keys(fieldsOfInstalled).map((name) => {
    const value = defaultsOfInstalled[name]
    return [name, value === undefined ? false : { const: value }]
  }),
)

export const webhook = objectOf(
  'The pod identity webhook',
  webhookFields,
  oneOfThese(
    { properties: { mode: { const: 'install' }, certificate: { enum: ['auto', 'own-ca'] }, image: pinnedImage } },
    {
      properties: { mode: { const: 'install' }, certificate: { const: 'csr' }, image: requestingImage },
      required: ['certificate'],
    },
    {
      properties: { mode: { enum: ['managed', 'none'] }, ...onlyDefaults },
      required: ['mode'],
    },
  ),
)

export const workloadFields = {
  namespace: textOf(dnsLabel, 'Namespace of the workload'),
  serviceAccount: textOf(dnsSubdomain, 'Kubernetes service account of the workload'),
}

export const inlinePolicyDescription = 'IAM policy document of this role alone; at most 10,240 characters'

export const inlinePolicy = described(inlinePolicyDescription, z.record(z.string(), z.unknown()))

export const workload = z.strictObject({
  ...workloadFields,
  role: z.strictObject({
    name: z.string(),
    policyArns: z.array(z.string()),
    inlinePolicy: z.optional(inlinePolicy),
    maxSessionSeconds: z.number(),
  }),
})

const reconcileModes = ['report', 'repair', 'suspended'] as const

const reconcile = z._default(
  described(
    'Scheduled drifts: report notifies of differences; repair also restores what is missing or changed, and removes nothing; suspended: there are none',
    z.enum(reconcileModes),
  ),
  'report',
)

/**
 * A request in normal form: the input of the workflow. It is the only list of the parts of a request: the schema of the
 * API, the record and the plans use it.
 */
export const setupRequest = z.object({
  cluster,
  discovery: z.optional(discovery),
  webhook,
  workloads: z.array(workload),
  adopt: described('Use and label existing objects of the same names', z.boolean()),
  reconcile,
})

export type Discovery = z.output<typeof discovery>

export type Webhook = z.output<typeof webhook>

export type Workload = z.output<typeof workload>

export type Cluster = z.output<typeof cluster>

export type SetupRequest = z.output<typeof setupRequest>
