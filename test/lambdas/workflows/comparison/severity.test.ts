import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import * as z from 'zod/mini'
import { bucketDifferences } from '../../../../lambdas/bucket/bucket.ts'
import { grantAdditions, grantDifferences } from '../../../../lambdas/bucket/bucket-policy.ts'
import { documentChange, issuerDocuments } from '../../../../lambdas/discovery/documents.ts'
import { revokedInCluster } from '../../../../lambdas/discovery/revocation.ts'
import { bucketLabels, kubernetesOwnership, manager, tagKeys } from '../../../../lambdas/ownership/labels.ts'
import { providerAdditions, providerDifferences } from '../../../../lambdas/provider/provider.ts'
import { severities, worstOf } from '../../../../lambdas/report/severity.ts'
import { roleAdditions, roleDifferences } from '../../../../lambdas/role/role.ts'
import { trustPolicy } from '../../../../lambdas/role/trust-policy.ts'
import { boundServiceAccount } from '../../../../lambdas/service-account/service-account.ts'
import { awsClusterSpec, awsNodePoolSpec } from '../../../../lambdas/spec/cluster-spec.ts'
import { comparedRequest } from '../../../../lambdas/steps/compared-request.ts'
import { comparedDescriptions } from '../../../../lambdas/workflows/comparison/compared-steps.ts'
import { ratingOf, severityOf, severityOfMissing } from '../../../../lambdas/workflows/comparison/severity.ts'
import { type Example, exampleRequest } from '../../../support/api/requests.ts'

const role = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu/s3-reader'
const provider = 'arn:aws:iam::000000000000:oidc-provider/issuer.example'
const bucket = 'gs://prod-eu-oidc'
const policyOfBucket = `IAM policy of ${bucket}`
const issuerUrl = 'https://oidc.example.com/prod-eu'
const documentUrl = `${issuerUrl}/openid/v1/jwks`

interface Found {
  readonly object: string
  readonly field: string
}

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of a value as a report names them: named list items one by one, other lists as one field. */
function fieldsOf(value: unknown, path: string): string[] {
  if (isMapping(value)) {
    const inner = Object.entries(value)
    return inner.length === 0
      ? [path]
      : inner.flatMap(([key, each]) => fieldsOf(each, path === '' ? key : `${path}.${key}`))
  }
  const items: unknown[] = Array.isArray(value) ? value : []
  const named = items.flatMap((item) => {
    const { success, data } = z.looseObject({ name: z.string() }).safeParse(item)
    return success ? [data] : []
  })
  if (named.length === 0 || named.length < items.length) return [path]
  return [path, ...named.flatMap(({ name, ...rest }) => [`${path}[${name}]`, ...fieldsOf(rest, `${path}[${name}]`)])]
}

const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.optional(z.string()) }),
})

function ofManifest(value: unknown): Found[] {
  const { kind, apiVersion: _, metadata, ...rest } = manifest.parse(value)
  const { name: _name, namespace, ...ownMetadata } = metadata
  const object = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${metadata.name}`
  const ownershipMetadata = {
    labels: { [kubernetesOwnership.managedByLabel]: manager },
    annotations: {
      [kubernetesOwnership.deploymentAnnotation]: 'a',
      [kubernetesOwnership.clusterAnnotation]: 'b',
      [kubernetesOwnership.adoptedAnnotation]: 'true',
    },
  }
  const fields = [{ ...rest, metadata: ownMetadata }, { metadata: ownershipMetadata }].flatMap((each) =>
    fieldsOf(each, ''),
  )
  return fields.filter((field) => field !== 'metadata').map((field) => ({ object, field }))
}

function ofInstalledWebhooks(): Found[] {
  const files = ['own-ca', 'csr', 'configurations']
  return files.flatMap((file) => {
    const url = new URL(`../../webhook/desired/manifests/${file}.yaml`, import.meta.url)
    return parseAllDocuments(readFileSync(url, 'utf8')).flatMap((document) => ofManifest(document.toJS()))
  })
}

/** Each field of the schema of a spec. */
function ofSchema(schema: z.core.$ZodType): string[] {
  const walk = ({ properties = {} }: z.core.JSONSchema.BaseSchema, path: string): string[] => {
    const inner = Object.entries(properties)
    if (inner.length === 0) return [path]
    return inner.flatMap(([key, value]) => (typeof value === 'boolean' ? [] : walk(value, `${path}.${key}`)))
  }
  return walk(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }), 'spec')
}

const tags = Object.fromEntries(Object.values(tagKeys).map((key) => [key, 'value']))
const trust = trustPolicy(
  { accountId: '000000000000', partition: 'aws' },
  { issuerUrls: [issuerUrl], namespace: 'default', serviceAccount: 's3-reader' },
)

function ofRole(): Found[] {
  const session = { description: 'as asked', maxSessionSeconds: 3600 }
  const observed = {
    itself: { path: '/', tags: {}, description: 'another', maxSessionSeconds: 7200 },
    policies: { policyArns: [], inlinePolicyNames: [] },
  }
  const settings = { tags, permissionsBoundaryArn: 'boundary', trustPolicy: trust, session }
  const policies = {
    ...{ attach: ['a'], detach: ['b'], detachFirst: false, foreign: ['c'], inline: 'put' as const },
    foreignInline: ['d'],
  }
  const all = [...roleDifferences(observed, settings, policies, { policyArns: ['a'] }), ...roleAdditions(policies)]
  return all.map(({ field }) => ({ object: role, field }))
}

function ofProvider(): Found[] {
  const observed = { thumbprints: ['a'], clientIds: ['other'], tags: {}, contextProvider: 'SubjectSourceKey sub' }
  const changes = { tags, thumbprints: ['a', 'b'], clientId: 'sts.amazonaws.com' }
  const all = [...providerDifferences(observed, changes), ...providerAdditions(observed)]
  return all.map(({ field }) => ({ object: provider, field }))
}

function ofBucket(): Found[] {
  const labels = Object.fromEntries(Object.values(bucketLabels).map((key) => [key, 'value']))
  const observed = {
    labels: {},
    uniformAccess: false,
    publicAccessPrevented: false,
    location: 'EU',
    metageneration: '1',
  }
  const policy = { bindings: [{ role: 'roles/storage.admin', members: ['user:eve@example.com'] }], etag: 'e' }
  const ofPolicy = [
    ...grantDifferences([{ role: 'roles/storage.objectViewer', member: 'allUsers' }]),
    ...grantAdditions(policy, [], 'project'),
  ]
  return [
    ...bucketDifferences(observed, { labels, uniformAccess: true }).map(({ field }) => ({ object: bucket, field })),
    // A bucket that only an adoption may change is reported with this field.
    { object: bucket, field: 'labels' },
    ...ofPolicy.map(({ field }) => ({ object: policyOfBucket, field })),
  ]
}

function ofIssuer(): Found[] {
  const documents = issuerDocuments(issuerUrl, [])
  const texts = documents.flatMap((desired) => {
    const { differences = [] } = documentChange(documentUrl, desired, {
      text: '{}',
      contentType: 'a',
      cacheControl: 'b',
    })
    return [...differences.map(({ field }) => field), 'keys']
  })
  return [
    ...texts.map((field) => ({ object: documentUrl, field })),
    ...['clusterId', 'issuerUrl', 'jwksUri'].map((field) => ({ object: 'cluster prod-eu', field })),
    { object: 'API servers of cluster prod-eu', field: '--service-account-key-file' },
  ]
}

/** Each field that a report can name, from the code that makes the reports. */
const everything: readonly Found[] = [
  ...ofInstalledWebhooks(),
  ...ofManifest(boundServiceAccount({ namespace: 'a', name: 'b', roleArn: role, regionalSts: true })),
  ...ofSchema(awsClusterSpec).map((field) => ({ object: 'AWSCluster default/prod-eu', field })),
  ...ofSchema(awsNodePoolSpec).map((field) => ({ object: 'AWSNodePool default/pool', field })),
  { object: 'CertificateSigningRequest csr-abcde', field: 'approved' },
  ...ofRole(),
  ...ofProvider(),
  ...ofBucket(),
  ...ofIssuer(),
]

const kindOf = (object: string) =>
  object.replace(/^(arn:.*?:\w+[-\w]*|\w+:\/\/|IAM policy of|[A-Z]\w+|cluster) ?.*/, '$1')

describe('the severity of', () => {
  test('each field that a report can name has a rule, and does not fall back to the default', () => {
    const undecided = everything.filter(({ object, field }) => ratingOf(object, field) === undefined)
    expect(undecided).toEqual([])
  })

  test('each kind of object that a step compares is in this list', () => {
    const examples: Example[] = ['setup', 'csr-cluster', 'existing-cluster', 'kubeadm']
    const compared = examples.flatMap((example) => {
      const request = { ...comparedRequest.parse(exampleRequest(example)), known: undefined }
      return comparedDescriptions.flatMap(({ compared }) => compared.objects?.(request, 'default/s3-reader') ?? [])
    })
    // Placeholders for a provider and a role whose ARNs are not known yet.
    const named = compared.filter((object) => !/^(OIDC provider of|IAM role) /.test(object)).map(kindOf)
    expect([...new Set(named)].filter((kind) => !everything.some(({ object }) => kindOf(object) === kind))).toEqual([])
  })

  test('a field without a rule is security', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.anything(), (object, field, observed) => {
        fc.pre(ratingOf(object, field) === undefined)
        expect(severityOf({ object, field, observed })).toBe('security')
      }),
    )
  })

  test('a missing object is function', () => {
    expect(severityOfMissing).toBe('function')
  })

  it.each<[string, string, string, unknown, unknown]>([
    ['cosmetic', role, 'tags.workload-identity:cluster', 'a', undefined],
    ['cosmetic', role, 'description', 'a', 'b'],
    ['cosmetic', 'Deployment a/b', 'metadata.labels.app', 'a', 'b'],
    ['function', role, 'maxSessionSeconds', 7200, 3600],
    ['security', role, 'maxSessionSeconds', 3600, 7200],
    ['security', role, 'policyArns', 'arn', undefined],
    ['security', role, 'policyArns', undefined, 'arn'],
    ['security', role, 'permissionsBoundaryArn', 'arn', undefined],
    ['function', provider, 'clientIds', 'sts.amazonaws.com', undefined],
    ['security', provider, 'clientIds', undefined, 'sigstore'],
    ['security', provider, 'contextProvider', undefined, 'SubjectSourceKey sub'],
    ['security', provider, 'thumbprints', ['a', 'b'], ['a']],
    ['function', policyOfBucket, 'bindings[roles/storage.objectViewer].members', 'allUsers', undefined],
    ['security', policyOfBucket, 'bindings[roles/storage.objectAdmin].members', undefined, 'user:eve'],
    ['security', documentUrl, 'keys', 'a', 'a, b'],
    ['function', 'ServiceAccount a/b', 'metadata.annotations.eks.amazonaws.com/role-arn', 'arn', undefined],
    ['security', 'ServiceAccount a/b', 'metadata.annotations.eks.amazonaws.com/role-arn', 'arn', 'another'],
    ['security', 'ClusterRole a', 'rules', [], ['all']],
    ['function', 'Deployment a/b', 'spec.replicas', 2, 1],
    ['security', 'Deployment a/b', 'spec.template.spec.containers[pod-identity-webhook].image', 'a', 'b'],
    ['security', 'Deployment a/b', 'spec.template.spec.containers[x].livenessProbe.exec.command', undefined, ['sh']],
    [
      'security',
      'Deployment a/b',
      'spec.template.spec.containers[x].readinessProbe.httpGet.host',
      undefined,
      'elsewhere',
    ],
    ['function', 'Deployment a/b', 'spec.template.spec.containers[x].readinessProbe.httpGet.path', '/mutate', '/'],
    ['function', 'MutatingWebhookConfiguration a', 'webhooks[x].failurePolicy', 'Fail', 'Ignore'],
    ['security', 'MutatingWebhookConfiguration a', 'webhooks[x].clientConfig.caBundle', 'a', 'b'],
    ['security', 'MutatingWebhookConfiguration a', 'webhooks[theirs]', undefined, {}],
    ['security', 'Service a/b', 'spec.type', undefined, 'LoadBalancer'],
    ['security', 'AWSCluster a/b', 'spec.authentication.awsIAM.adminIdentityARNs', ['a'], ['a', 'b']],
    ['function', 'AWSNodePool a/b', 'spec.minNodeCount', 3, 1],
  ])('is %s: %s, %s', (...[severity, object, field, desired, observed]) => {
    expect(severityOf({ object, field, desired, observed })).toBe(severity)
  })
})

describe('a trust policy', () => {
  const [own] = z.array(z.record(z.string(), z.unknown())).parse(trust.Statement)
  const rated = (observed: unknown) => severityOf({ object: role, field: 'trustPolicy', desired: trust, observed })
  const withStatements = (...Statement: object[]) => ({ ...trust, Statement })

  it.each<[string, unknown]>([
    ['that also trusts a service', withStatements({ ...own }, { Effect: 'Allow', Principal: '*', Action: '*' })],
    ['without its conditions', withStatements({ ...own, Condition: undefined })],
    ['of another audience', withStatements({ ...own, Condition: { StringEquals: { aud: 'other' } } })],
    ['that cannot be read', undefined],
  ])('%s is security', (_, observed) => {
    expect(rated(observed)).toBe('security')
  })

  it.each<[string, unknown]>([
    ['that trusts nobody', withStatements()],
    ['with an additional denial', withStatements({ ...own }, { Effect: 'Deny', Principal: '*', Action: 'sts:*' })],
    [
      'with one more condition',
      withStatements({ ...own, Condition: { ...Object(own?.Condition), Bool: { a: 'true' } } }),
    ],
  ])('%s is function, because it grants no further access', (_, observed) => {
    expect(rated(observed)).toBe('function')
  })

  it('that is not desired is security when it exists', () => {
    const values = { desired: undefined, observed: trust }
    expect(severityOf({ object: role, field: 'inlinePolicy', ...values })).toBe('security')
    expect(severityOf({ object: role, field: 'inlinePolicy', desired: trust, observed: undefined })).toBe('function')
  })
})

test('the worst of several severities is the maximum, in any order', () => {
  const some = fc.array(fc.constantFrom(...severities))
  fc.assert(
    fc.property(some, some, (one, other) => {
      const ranks = [...one, ...other].map((each) => severities.indexOf(each))
      expect(worstOf([...one, ...other])).toBe(severities[Math.max(...ranks)])
      expect(worstOf([...other, ...one])).toBe(worstOf([...one, ...other]))
    }),
  )
})

test('a revoked key that API servers still accept is security', () => {
  expect(revokedInCluster('prod-eu', [], [])).toEqual([])
  expect(severityOf({ object: 'API servers of cluster prod-eu', field: '--service-account-key-file' })).toBe('security')
})
