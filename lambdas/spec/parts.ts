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

export const management = objectOf('The management cluster; only for gke-on-aws, which needs it', {
  credentialsSecretArn: checkedText(
    'ARN of the secret with its credentials: a kubeconfig, or JSON with server, caData and token',
    patternOf(plainSecretArn),
    { maxLength: longestSecretArn },
  ),
  namespace: z._default(textOf(dnsLabel, 'Namespace of the AWSCluster and its AWSNodePools'), 'default'),
  proxyUrl: z.optional(
    checkedText(
      'HTTP CONNECT proxy before the management cluster, as a URL of http with a host and a port',
      proxyUrlPattern,
    ),
  ),
})

export const nodePool = z.strictObject({ name: textOf(dnsLabel, 'Name of the AWSNodePool'), spec: anyObject })

export const cluster = z.strictObject({
  name: textOf(dnsLabel, 'Name of the cluster: of its AWSCluster, or of your choice with provider existing'),
  provider: described(
    'gke-on-aws: Anthos clusters on AWS (previous generation); existing: any other cluster that is there, such as one of k3s or kubeadm',
    z.enum(['gke-on-aws', 'existing']),
  ),
  management: z.optional(management),
  credentialsSecretArn: checkedText(
    'ARN of the secret with the credentials of the cluster; for a new cluster, filled while the setup waits',
    patternOf(plainSecretArn),
    { maxLength: longestSecretArn },
  ),
  proxyUrl: z.optional(
    checkedText('HTTP CONNECT proxy before the cluster, as a URL of http with a host and a port', proxyUrlPattern),
  ),
  issuerUrl: z.optional(
    checkedText(
      'Issuer of the cluster, only with existing; read from one of its tokens when left out',
      issuerUrlPattern,
      { maxLength: longestIssuerUrl },
    ),
  ),
  awsAccountId: z.optional(
    textOf(
      awsAccountId,
      'AWS account of provider and roles, of the setting accounts; that of the deployment when left out',
    ),
  ),
  readyTimeoutMinutes: z._default(wholeNumber(5, 720, 'Minutes to wait for the cluster to be ready, 5 to 720'), 60),
  spec: z.optional(anyObject),
  nodePools: z.optional(z.array(nodePool)),
})

export const defaultManagementRole = 'roles/storage.objectAdmin'

const managementRole = z.enum([defaultManagementRole, 'roles/storage.objectUser', 'roles/storage.admin'])

/** The bucket in which a new cluster publishes its discovery documents. */
export const bucketDiscovery = z.object({
  bucket: textOf(bucketName, 'Cloud Storage bucket, made unless it is there', {
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
  'Where the discovery documents are: in a bucket, which a cluster that is created needs, or with the deployment. Left out for a cluster that publishes them itself',
  {
    hosting: z.optional(
      described(
        'deployment: it publishes the keys of the cluster at an issuer of its own, for an existing cluster whose issuer is not public',
        z.enum(['deployment']),
      ),
    ),
    acceptRefusedTokens: z.optional(
      described(
        'true: the API server may refuse the tokens that pods have until they restart. Needed on a cluster that holds one issuer only, and without effect elsewhere',
        z.boolean(),
      ),
    ),
    bucket: z.optional(bucket),
    projectId: z.optional(bucketProject),
    location: z.optional(location),
    managementServiceAccount: z.optional(managementServiceAccount),
    managementRole: z.optional(
      described('What that account may do in the bucket', z.clone(managementRole), { default: defaultManagementRole }),
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
    described('Image of the webhook with tag or digest; as last asked when left out, or one that fits', z.string()),
  ),
  namespace: z._default(textOf(dnsLabel, 'Namespace of the webhook'), webhookNamespace),
}

const webhookFields = {
  mode: z._default(
    described(
      'install: put the webhook there; managed: the cluster has one; none: pods mount the token themselves',
      z.enum(['install', 'managed', 'none']),
    ),
    'install',
  ),
  certificate: z._default(
    described(
      'Where its certificate is from; auto: csr up to Kubernetes 1.21, own-ca from 1.22',
      z.enum(['auto', 'own-ca', 'csr']),
    ),
    'auto',
  ),
  ...deploymentFields,
  failurePolicy: z._default(
    described(
      'What becomes of a new pod while the webhook is away: Ignore starts it without credentials, Fail refuses it. When left out, as last asked of a cluster that has the webhook',
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

export const inlinePolicyDescription = 'IAM policy document for this role alone; at most 10,240 characters'

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
    'What a scheduled drift does. report: it notifies of what differs; repair: it also sets up again what is missing or changed, and removes nothing; suspended: there is none',
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
  adopt: described('Use and mark objects of these names that somebody made by hand', z.boolean()),
  reconcile,
})

export type Discovery = z.output<typeof discovery>

export type Webhook = z.output<typeof webhook>

export type Workload = z.output<typeof workload>

export type Cluster = z.output<typeof cluster>

export type SetupRequest = z.output<typeof setupRequest>
