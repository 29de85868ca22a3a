/** What the form holds: a request in which fields may be empty, and parts that the chosen kind of cluster does not have. */
import type { Kind } from '../../../../cli/init/kinds.ts'
import { questions } from '../../../../cli/init/questions.ts'
import { requestOf } from '../../../../cli/init/request.ts'
import type { Access } from '../../api/access.ts'
import { type Shape, whole } from './fields.ts'

type Deployment = Pick<Access, 'region' | 'accountId' | 'secretPrefix'>

export interface Draft extends Readonly<Record<string, unknown>> {
  readonly kind: Kind
}

type Values = Readonly<Record<string, unknown>>

/** A workload with nothing entered. Each field is there, so that none keeps what another workload had at this place. */
export const emptyWorkload = {
  namespace: '',
  serviceAccount: '',
  role: { policyArns: '', inlinePolicy: '', name: '', maxSessionSeconds: '' },
}

/** What is proposed where nothing is recorded: as `wid init` does, for the kind that it proposes first. */
export function proposedDraft(): Draft {
  const { cluster, discovery } = requestOf('new-gke-on-aws', (name) => proposals[name] ?? '')
  return {
    kind: 'private-issuer',
    cluster: { spec: cluster.spec, nodePools: cluster.nodePools?.map(withEveryField) },
    discovery,
    workloads: [emptyWorkload],
  }
}

const proposals: Readonly<Record<string, string | undefined>> = { location: questions.location.proposal }

/** The secrets that `wid init` writes for a cluster of this name, by their fields. */
export function proposedSecrets(name: string, deployment: Deployment): Readonly<Record<string, string>> {
  const { region, accountId, secretPrefix } = deployment
  const answers: Readonly<Record<string, string | undefined>> = { name, region, account: accountId }
  const { cluster } = requestOf('gke-on-aws', (asked) => answers[asked] ?? '', secretPrefix)
  return {
    'cluster.credentialsSecretArn': cluster.credentialsSecretArn,
    'cluster.management.credentialsSecretArn': cluster.management?.credentialsSecretArn ?? '',
  }
}

/** A node pool as `wid init` proposes the first one. */
export function proposedNodePool(): Values {
  const [pool] = requestOf('new-gke-on-aws', () => '').cluster.nodePools ?? []
  return withEveryField({ ...pool, name: '' })
}

/** The one field of a node pool that the wizard shows and nobody has to fill in. */
function withEveryField(pool: unknown): Values {
  const { spec, ...own } = partOf(pool)
  return { ...own, spec: { keyName: '', ...partOf(spec) } }
}

function workloadInForm(workload: unknown): Values {
  const { role, ...own } = partOf(workload)
  return { ...emptyWorkload, ...own, role: { ...emptyWorkload.role, ...partOf(role) } }
}

/** A request in the form. What is proposed for other kinds of cluster stays, in case the kind is changed. */
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
            ...partOf(cluster),
            nodePools: Array.isArray(nodePools) ? nodePools.map(withEveryField) : [proposedNodePool()],
          }
        : { ...partOf(proposed.cluster), ...partOf(cluster) },
    discovery: kind === 'new-gke-on-aws' ? discovery : { ...partOf(proposed.discovery), ...partOf(discovery) },
  }
}

/** Which of the kinds that `wid init` knows a request is for. */
export function kindOf({ cluster, discovery }: Values): Kind {
  const { provider, spec } = partOf(cluster)
  if (provider === 'gke-on-aws') return spec === undefined ? 'gke-on-aws' : 'new-gke-on-aws'
  return partOf(discovery).hosting === undefined ? 'public-issuer' : 'private-issuer'
}

/**
 * The request that a draft is for: without empty fields, without what such a cluster does not have, and in the order of the
 * schema.
 */
export function requestFrom({ kind, ...values }: Draft): Values {
  const { cluster, discovery, webhook, ...rest } = values
  const request = filled({
    cluster: { ...clusterFor[kind](partOf(cluster)), provider: isAnthos(kind) ? 'gke-on-aws' : 'existing' },
    discovery: discoveryFor[kind](partOf(discovery)),
    webhook: webhookFrom(partOf(webhook)),
    ...rest,
  })
  return partOf(inOrder(request, whole))
}

function inOrder(value: unknown, shape: Shape | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => inOrder(each, shape?.items))
  if (!isPart(value) || !shape?.properties) return value
  const known = Object.keys(shape.properties).filter((key) => Object.hasOwn(value, key))
  const entries = [...new Set([...known, ...Object.keys(value)])].map(
    (key) => [key, inOrder(value[key], shape.properties?.[key])] as const,
  )
  return Object.fromEntries(entries)
}

function isAnthos(kind: Kind): boolean {
  return kind === 'gke-on-aws' || kind === 'new-gke-on-aws'
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
  // Recorded of a cluster that a setup has created.
  'gke-on-aws': (discovery) => (isFilled(discovery.bucket) ? bucketOf(discovery) : undefined),
  'new-gke-on-aws': bucketOf,
}

function bucketOf({ hosting: _, acceptRefusedTokens: __, ...bucket }: Values): Values {
  return bucket
}

/** Of a webhook that the setup does not install, only the mode is asked for. */
function webhookFrom({ mode, ...installed }: Values): Values {
  return mode === 'managed' || mode === 'none' ? { mode } : { mode, ...installed }
}

/** The value without what is empty in it; undefined when nothing is left. An empty list is an answer: no policies. */
function filled(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  if (Array.isArray(value)) return value.map(filledElement).filter((each) => each !== undefined)
  if (!isPart(value)) return value
  const entries = Object.entries(value).flatMap(([key, each]) => {
    const kept = filled(each)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** An empty line is left out. An object keeps its place, by which its faults are found. */
function filledElement(value: unknown): unknown {
  return filled(value) ?? (isPart(value) ? {} : undefined)
}

function isFilled(value: unknown): boolean {
  return filled(value) !== undefined
}

function isPart(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of a part of a request; none where there is no such part. */
export function partOf(value: unknown): Values {
  return isPart(value) ? value : {}
}
