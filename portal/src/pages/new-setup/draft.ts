/** The form's data: a request that may have empty fields, and fields of kinds of cluster that are not selected. */

import type { Access } from '../../../../client/api.ts'
import { isRecord } from '../../../../client/json.ts'
import { requestField, type Shape } from '../../../../client/request/field.ts'
import type { Kind } from '../../../../client/request/kinds.ts'
import { questions } from '../../../../client/request/questions.ts'
import { requestOf } from '../../../../client/request/request.ts'

type Deployment = Pick<Access, 'region' | 'accountId' | 'secretPrefix'>

export interface Draft extends Readonly<Record<string, unknown>> {
  readonly kind: Kind
}

type Values = Readonly<Record<string, unknown>>

/** An empty workload. It has every field, so that no field retains the value of a removed workload at this index. */
export const emptyWorkload = {
  namespace: '',
  serviceAccount: '',
  role: { policyArns: '', inlinePolicy: '', name: '', maxSessionSeconds: '' },
}

/** The default connection, which a request omits. */
const connection = 'direct'

/** The defaults for a new cluster: the kind and the values that `wid init` proposes. */
export function proposedDraft(): Draft {
  const { cluster, discovery } = requestOf('new-gke-on-aws', (name) => proposals[name] ?? '')
  return {
    kind: 'private-issuer',
    cluster: { connection, spec: cluster.spec, nodePools: cluster.nodePools?.map(withEveryField) },
    discovery,
    workloads: [emptyWorkload],
  }
}

const proposals: Readonly<Record<string, string | undefined>> = { location: questions.location.proposal }

/** The ARNs of secrets that `wid init` writes into the request for a cluster of this name, by field. */
export function proposedSecrets(name: string, deployment: Deployment): Readonly<Record<string, string>> {
  const { region, accountId, secretPrefix } = deployment
  const answers: Readonly<Record<string, string | undefined>> = { name, region, account: accountId }
  const { cluster } = requestOf('gke-on-aws', (question) => answers[question] ?? '', secretPrefix)
  return {
    'cluster.credentialsSecretArn': cluster.credentialsSecretArn ?? '',
    'cluster.management.credentialsSecretArn': cluster.management?.credentialsSecretArn ?? '',
  }
}

/** A node pool with the defaults of `wid init`. */
export function proposedNodePool(): Values {
  const [pool] = requestOf('new-gke-on-aws', () => '').cluster.nodePools ?? []
  return withEveryField({ ...pool, name: '' })
}

/** Adds the only optional field of a node pool that the wizard shows. */
function withEveryField(pool: unknown): Values {
  const { spec, ...own } = partOf(pool)
  return { ...own, spec: { keyName: '', ...partOf(spec) } }
}

function workloadInForm(workload: unknown): Values {
  const { role, ...own } = partOf(workload)
  return { ...emptyWorkload, ...own, role: { ...emptyWorkload.role, ...partOf(role) } }
}

/** Converts a request to form data. Defaults of other kinds of cluster remain, in case the user changes the kind. */
export function draftOf(request: Values): Draft {
  const kind = kindOf(request)
  const proposed = proposedDraft()
  const { cluster, discovery, workloads, ...rest } = request
  const { nodePools } = partOf(cluster)
  return {
    ...rest,
    kind,
    workloads: Array.isArray(workloads) ? workloads.map(workloadInForm) : [emptyWorkload],
    cluster:
      kind === 'new-gke-on-aws'
        ? {
            connection,
            ...partOf(cluster),
            nodePools: Array.isArray(nodePools) ? nodePools.map(withEveryField) : [proposedNodePool()],
          }
        : { ...partOf(proposed.cluster), ...partOf(cluster) },
    discovery: kind === 'new-gke-on-aws' ? discovery : { ...partOf(proposed.discovery), ...partOf(discovery) },
  }
}

/** The kind of `wid init` that a request is for. */
export function kindOf({ cluster, discovery }: Values): Kind {
  const { provider, spec } = partOf(cluster)
  if (provider === 'gke-on-aws') return spec === undefined ? 'gke-on-aws' : 'new-gke-on-aws'
  return partOf(discovery).hosting === undefined ? 'public-issuer' : 'private-issuer'
}

/** The request of a draft, in the schema's order. It has no empty fields, and no fields of other kinds of cluster. */
export function requestFrom({ kind, ...values }: Draft): Values {
  const { cluster, discovery, webhook, ...rest } = values
  const request = filled({
    cluster: {
      ...clusterFor[kind](connectedCluster(partOf(cluster))),
      provider: isAnthos(kind) ? 'gke-on-aws' : 'existing',
    },
    discovery: discoveryFor[kind](partOf(discovery)),
    webhook: webhookFrom(partOf(webhook)),
    ...rest,
  })
  return partOf(inOrder(request, requestField))
}

function inOrder(value: unknown, shape: Shape | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => inOrder(each, shape?.items))
  if (!isRecord(value) || !shape?.properties) return value
  const known = Object.keys(shape.properties).filter((key) => Object.hasOwn(value, key))
  const entries = [...new Set([...known, ...Object.keys(value)])].map(
    (key) => [key, inOrder(value[key], shape.properties?.[key])] as const,
  )
  return Object.fromEntries(entries)
}

function isAnthos(kind: Kind): boolean {
  return kind === 'gke-on-aws' || kind === 'new-gke-on-aws'
}

function connectedCluster(cluster: Values): Values {
  const { connection: chosen, ...direct } = cluster
  if (chosen === 'agent') return { ...cluster, credentialsSecretArn: undefined, proxyUrl: undefined }
  return chosen === connection ? direct : cluster
}

const clusterFor: Readonly<Record<Kind, (cluster: Values) => Values>> = {
  'private-issuer': ({ management: _, spec: __, nodePools: ___, ...own }) => own,
  'public-issuer': ({ management: _, spec: __, nodePools: ___, ...own }) => own,
  'gke-on-aws': ({ issuerUrl: _, spec: __, nodePools: ___, ...own }) => own,
  'new-gke-on-aws': ({ issuerUrl: _, ...own }) => own,
}

const discoveryFor: Readonly<Record<Kind, (discovery: Values) => Values | undefined>> = {
  'private-issuer': ({ acceptRefusedTokens }) => ({
    hosting: 'deployment',
    ...(acceptRefusedTokens === true && { acceptRefusedTokens }),
  }),
  'public-issuer': () => undefined,
  // The form has no field for the bucket of an existing cluster, but its recorded request may have one.
  'gke-on-aws': (discovery) => (isFilled(discovery.bucket) ? bucketOf(discovery) : undefined),
  'new-gke-on-aws': bucketOf,
}

function bucketOf({ hosting: _, acceptRefusedTokens: __, ...bucket }: Values): Values {
  return bucket
}

/** A webhook that the setup does not install has only a mode. */
function webhookFrom({ mode, ...installed }: Values): Values {
  return mode === 'managed' || mode === 'none' ? { mode } : { mode, ...installed }
}

/** The value without empty parts, or undefined when nothing remains. An empty list means no policies, so it remains. */
function filled(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  if (Array.isArray(value)) return value.map(filledElement).filter((each) => each !== undefined)
  if (!isRecord(value)) return value
  const entries = Object.entries(value).flatMap(([key, each]) => {
    const kept = filled(each)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Drops empty lines. An empty object stays, because faults refer to list indices. */
function filledElement(value: unknown): unknown {
  return filled(value) ?? (isRecord(value) ? {} : undefined)
}

function isFilled(value: unknown): boolean {
  return filled(value) !== undefined
}

/** The fields of a part of a request. A missing part has no fields. */
export function partOf(value: unknown): Values {
  return isRecord(value) ? value : {}
}
