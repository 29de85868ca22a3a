/**
 * How severe a difference is, by what somebody could do because of it. docs/on-call.md#severities has the table for people.
 */
import { allowsNoMore, isPolicyDocument } from '../../clouds/aws/policy-document.ts'
import type { Difference } from '../../report/difference.ts'
import type { Severity } from '../../report/severity.ts'

type Values = Pick<Difference, 'desired' | 'observed'>
type Rating = Severity | ((values: Values) => Severity)

/** The fields of one kind of object. The first pattern that a field fits rates it. */
type Rules = readonly (readonly [fields: RegExp, rating: Rating])[]

/**
 * The severity of one difference in an object that is there. What no rule knows is `security`: nobody has decided that it is
 * milder.
 */
export function severityOf({ object, field, ...values }: Values & { object: string; field?: string }): Severity {
  const rating = ratingOf(object, field) ?? 'security'
  return typeof rating === 'string' ? rating : rating(values)
}

/** What is gone gives nobody a right. Workloads may need it. */
export const severityOfMissing: Severity = 'function'

/** Whether an addition counts: others may label our objects as they like. */
export function isOfSecurity({ severity }: { readonly severity: Severity }): boolean {
  return severity === 'security'
}

/** How a difference in this field of this object is rated. Undefined when no rule knows it. */
export function ratingOf(object: string, field = ''): Rating | undefined {
  return rulesOf(object)?.find(([fields]) => fields.test(field))?.[1]
}

/** Kubernetes objects are `Kind name`; all others have names of their own. */
function rulesOf(object: string): Rules | undefined {
  const named = others.find(([names]) => names.test(object))
  if (named) return named[1]
  const kind = /^([A-Z]\w+) /.exec(object)?.[1]
  return kind === undefined || !Object.hasOwn(kinds, kind) ? undefined : kinds[kind]
}

const metadata: Rules = [[/^metadata\.(labels|annotations)\b/, 'cosmetic']]
const rights: Rules = [...metadata, [/^(rules|roleRef|subjects)\b/, 'security']]

/** The program in the pods of the webhook changes pods of all namespaces, so that another program is `security`. */
const deployment: Rules = [
  ...metadata,
  [/^spec\.(replicas|selector|strategy)\b/, 'function'],
  [/^spec\.template\.metadata\b/, 'function'],
  [/^spec\.template\.spec\.topologySpreadConstraints\b/, 'function'],
  [/^spec\.template\.spec\.containers\[[^\]]*\]\.(imagePullPolicy|ports|resources)\b/, 'function'],
  // Other probes and actions may run programs in the container.
  [
    /^spec\.template\.spec\.containers\[[^\]]*\]\.\w+Probe\.(tcpSocket\b|httpGet\.(path|port|scheme|httpHeaders)\b|\w+(Seconds|Threshold)$)/,
    'function',
  ],
  [/^spec\.template\.spec\.containers\[[^\]]*\]\.lifecycle\.preStop\.sleep\b/, 'function'],
  [/^spec\.template\.spec\.\w/, 'security'],
]

const awsCluster: Rules = [
  ...metadata,
  [/^spec\.authentication\b/, 'security'],
  [/^spec\.controlPlane\.(tags|cloudOperations|hub)\b/, 'cosmetic'],
  [/^spec\.controlPlane\.(version|instanceType|rootVolume\.(?!kms)|etcd\.mainVolume\.(?!kms))/, 'function'],
  [/^spec\.(region|networking)\b/, 'function'],
  [/^spec\.controlPlane\.\w/, 'security'],
]

const awsNodePool: Rules = [
  ...metadata,
  [/^spec\.tags\b/, 'cosmetic'],
  [/^spec\.(clusterName|version|region|subnetID|instanceType|labels|taints)\b/, 'function'],
  [/^spec\.(minNodeCount|maxNodeCount|maxPodsPerNode|rootVolume\.(?!kms))/, 'function'],
  [/^spec\.(keyName|iamInstanceProfile|proxySecretName|rootVolume)\b/, 'security'],
]

/** The pods of the account get another role with it, whose trust policy is not known here. */
function ofAnnotatedRole({ observed }: Values): Severity {
  return observed === undefined ? 'function' : 'security'
}

const kinds: Readonly<Record<string, Rules>> = {
  // By the label the configuration leaves out the pods of the webhook.
  Namespace: [[/^metadata\.labels\.kubernetes\.io\/metadata\.name$/, 'function'], ...metadata],
  ServiceAccount: [
    [/^metadata\.annotations\.eks\.amazonaws\.com\/role-arn$/, ofAnnotatedRole],
    [/^metadata\.annotations\.eks\.amazonaws\.com\//, 'function'],
    ...metadata,
  ],
  ClusterRole: rights,
  ClusterRoleBinding: rights,
  Role: rights,
  RoleBinding: rights,
  Service: [...metadata, [/^spec\.(ports|selector)\b/, 'function']],
  PodDisruptionBudget: [...metadata, [/^spec\b/, 'function']],
  // Who has its key answers for the webhook.
  Secret: [...metadata, [/^(data|type)\b/, 'security']],
  Deployment: deployment,
  MutatingWebhookConfiguration: [
    ...metadata,
    [/^webhooks\[[^\]]*\]\.(namespaceSelector|objectSelector|failurePolicy|reinvocationPolicy)\b/, 'function'],
    [/^webhooks\[[^\]]*\]\.(matchPolicy|timeoutSeconds|sideEffects|admissionReviewVersions)\b/, 'function'],
    // To whom pods are sent, by whose word, and which objects.
    [/^webhooks\b/, 'security'],
  ],
  // One that waits to be approved.
  CertificateSigningRequest: [[/./, 'function']],
  AWSCluster: awsCluster,
  AWSNodePool: awsNodePool,
}

/** A workload may use a longer session for longer after it has lost its role. */
function ofSessionLength({ desired, observed }: Values): Severity {
  return typeof desired === 'number' && typeof observed === 'number' && observed < desired ? 'function' : 'security'
}

/** One that certainly allows no more than was asked for takes something from the workload, and gives nothing to anybody. */
function ofPolicy({ desired, observed }: Values): Severity {
  // Without a policy nothing is allowed, and nothing is denied.
  const [asked, found] = [desired, observed ?? { Version: versionOf(desired), Statement: [] }]
  return isPolicyDocument(asked) && isPolicyDocument(found) && allowsNoMore(found, asked) ? 'function' : 'security'
}

function versionOf(document: unknown): unknown {
  return isPolicyDocument(document) ? document.Version : undefined
}

/** A trust policy that cannot be read may allow anything. */
function ofTrustPolicy(values: Values): Severity {
  return values.observed === undefined ? 'security' : ofPolicy(values)
}

/** What is gone keeps the others out. What somebody has added lets others in. */
function ofMember({ observed }: Values): Severity {
  return observed === undefined ? 'function' : 'security'
}

const others: readonly (readonly [names: RegExp, rules: Rules])[] = [
  [
    /^arn:[^:]+:iam::\d*:role\//,
    [
      [/^(tags\.|description$)/, 'cosmetic'],
      [/^maxSessionSeconds$/, ofSessionLength],
      [/^trustPolicy$/, ofTrustPolicy],
      [/^inlinePolicy$/, ofPolicy],
      // What is in a managed policy is not known here: one that was detached may have denied something.
      [/^(policyArns|inlinePolicyNames|permissionsBoundaryArn)$/, 'security'],
    ],
  ],
  [
    /^arn:[^:]+:iam::\d*:oidc-provider\//,
    [
      [/^tags\./, 'cosmetic'],
      [/^clientIds$/, ofMember],
      // The list of the provider may have lost one of the server, or have got that of another server instead.
      [/^thumbprints$/, 'security'],
    ],
  ],
  [
    /^gs:\/\//,
    [
      [/^labels\b/, 'cosmetic'],
      [/^iamConfiguration\b/, 'security'],
    ],
  ],
  [/^IAM policy of gs:\/\//, [[/^bindings\[/, ofMember]]],
  // A document: with keys of somebody else, whoever has them makes tokens of any workload.
  [
    /^https:\/\//,
    [
      [/^(contentType|cacheControl)$/, 'function'],
      [/^(keys|sha256)$/, 'security'],
    ],
  ],
  // A cluster that was made again. Keys at another place may be those of somebody else.
  [
    /^cluster /,
    [
      [/^(clusterId|issuerUrl)$/, 'function'],
      [/^jwksUri$/, 'security'],
    ],
  ],
  // They still take a key that was revoked.
  [/^API servers of cluster /, [[/^--service-account-key-file$/, 'security']]],
]
