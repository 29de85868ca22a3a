/** The severity of a difference, by what it may allow others to do. docs/on-call.md#severities explains it. */
import { allowsNoMore, isPolicyDocument } from '../../clouds/aws/policy-document.ts'
import type { Difference } from '../../report/difference.ts'
import type { Severity } from '../../report/severity.ts'

type Values = Pick<Difference, 'desired' | 'observed'>
type Rating = Severity | ((values: Values) => Severity)

/** The fields of one kind of object. The first matching pattern determines the rating. */
type Rules = readonly (readonly [fields: RegExp, rating: Rating])[]

/** The severity of one difference in an existing object. It is `security` when no rule covers the field. */
export function severityOf({ object, field, ...values }: Values & { object: string; field?: string }): Severity {
  const rating = ratingOf(object, field) ?? 'security'
  return typeof rating === 'string' ? rating : rating(values)
}

/** A missing object grants no rights, but workloads may need it. */
export const severityOfMissing: Severity = 'function'

/**
 * Whether something that others added counts as drift: only with the severity `security`. Added labels, for example, do
 * not count.
 */
export function isSecurity({ severity }: { readonly severity: Severity }): boolean {
  return severity === 'security'
}

/** The rating of a difference in this field of this object; undefined when no rule covers it. */
export function ratingOf(object: string, field = ''): Rating | undefined {
  return rulesOf(object)?.find(([fields]) => fields.test(field))?.[1]
}

/** The name of a Kubernetes object is `Kind name`. {@link rulesByName} has the names of all other objects. */
function rulesOf(object: string): Rules | undefined {
  const named = rulesByName.find(([names]) => names.test(object))
  if (named) return named[1]
  const kind = /^([A-Z]\w+) /.exec(object)?.[1]
  return kind === undefined || !Object.hasOwn(kinds, kind) ? undefined : kinds[kind]
}

const metadata: Rules = [[/^metadata\.(labels|annotations)\b/, 'cosmetic']]
const rights: Rules = [...metadata, [/^(rules|roleRef|subjects)\b/, 'security']]

/** The webhook's program changes pods of all namespaces, so another program is `security`. */
const deployment: Rules = [
  ...metadata,
  [/^spec\.(replicas|selector|strategy)\b/, 'function'],
  [/^spec\.template\.metadata\b/, 'function'],
  [/^spec\.template\.spec\.topologySpreadConstraints\b/, 'function'],
  [/^spec\.template\.spec\.containers\[[^\]]*\]\.(imagePullPolicy|ports|resources)\b/, 'function'],
  // Probes and actions of other types, such as exec, may run programs in the container.
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

/** With another annotation, pods of the account get another role, whose trust policy is not known here. */
function ofAnnotatedRole({ observed }: Values): Severity {
  return observed === undefined ? 'function' : 'security'
}

const kinds: Readonly<Record<string, Rules>> = {
  // The webhook configuration excludes the webhook's pods by this label.
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
  // Whoever has the private key in the Secret can impersonate the webhook.
  Secret: [...metadata, [/^(data|type)\b/, 'security']],
  Deployment: deployment,
  MutatingWebhookConfiguration: [
    ...metadata,
    [/^webhooks\[[^\]]*\]\.(namespaceSelector|objectSelector|failurePolicy|reinvocationPolicy)\b/, 'function'],
    [/^webhooks\[[^\]]*\]\.(matchPolicy|timeoutSeconds|sideEffects|admissionReviewVersions)\b/, 'function'],
    // The other fields select the objects, the server that receives them, and the certificate authority of the server.
    [/^webhooks\b/, 'security'],
  ],
  // The request grants nothing while it waits for approval.
  CertificateSigningRequest: [[/./, 'function']],
  AWSCluster: awsCluster,
  AWSNodePool: awsNodePool,
}

/** With a longer session, a workload has access for longer after it has lost its role. */
function ofSessionLength({ desired, observed }: Values): Severity {
  return typeof desired === 'number' && typeof observed === 'number' && observed < desired ? 'function' : 'security'
}

/** An observed policy that certainly allows no more than the desired policy grants no additional permissions. */
function ofPolicy({ desired, observed }: Values): Severity {
  // An absent policy allows nothing and denies nothing.
  const [requested, found] = [desired, observed ?? { Version: versionOf(desired), Statement: [] }]
  return isPolicyDocument(requested) && isPolicyDocument(found) && allowsNoMore(found, requested)
    ? 'function'
    : 'security'
}

function versionOf(document: unknown): unknown {
  return isPolicyDocument(document) ? document.Version : undefined
}

/** A trust policy that cannot be read may allow anything. */
function ofTrustPolicy(values: Values): Severity {
  return values.observed === undefined ? 'security' : ofPolicy(values)
}

/** Without a member, someone lacks access. With an additional member, someone gains access. */
function ofMember({ observed }: Values): Severity {
  return observed === undefined ? 'function' : 'security'
}

const rulesByName: readonly (readonly [names: RegExp, rules: Rules])[] = [
  [
    /^arn:[^:]+:iam::\d*:role\//,
    [
      [/^(tags\.|description$)/, 'cosmetic'],
      [/^maxSessionSeconds$/, ofSessionLength],
      [/^trustPolicy$/, ofTrustPolicy],
      [/^inlinePolicy$/, ofPolicy],
      // The contents of a managed policy are not known here: a detached policy may have denied something.
      [/^(policyArns|inlinePolicyNames|permissionsBoundaryArn)$/, 'security'],
    ],
  ],
  [
    /^arn:[^:]+:iam::\d*:oidc-provider\//,
    [
      [/^tags\./, 'cosmetic'],
      [/^clientIds$/, ofMember],
      // The provider may have lost the thumbprint of the issuer's host, or got the thumbprint of another host.
      [/^thumbprints$/, 'security'],
      // Sessions get the identity from a claim, and with it what others allow this identity.
      [/^contextProvider$/, 'security'],
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
  // A discovery document. Whoever holds the private key of a published key can create tokens of any workload.
  [
    /^https:\/\//,
    [
      [/^(contentType|cacheControl)$/, 'function'],
      [/^(keys|sha256)$/, 'security'],
    ],
  ],
  // A cluster that was created again has another ID and issuer. Keys at another URL may belong to others.
  [
    /^cluster /,
    [
      [/^(clusterId|issuerUrl)$/, 'function'],
      [/^jwksUri$/, 'security'],
    ],
  ],
  // API servers with this difference still accept a revoked key.
  [/^API servers of cluster /, [[/^--service-account-key-file$/, 'security']]],
]
