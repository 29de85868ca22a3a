/** Computes what an apply of the rights changes in the cluster. */
import * as z from 'zod/mini'
import type { Manifest } from '../kubernetes/cluster-access.ts'

/** Values only in the cluster's object, and values only in the desired object. */
export interface Difference {
  readonly field: string
  readonly observed: readonly string[]
  readonly desired: readonly string[]
}

export interface ObjectChange {
  /** "Role reports/workload-identity". */
  readonly object: string
  readonly action: 'created' | 'changed' | 'unchanged'
  readonly differences: readonly Difference[]
}

const rule = z.object({
  // Rules for nonResourceURLs have neither.
  apiGroups: z._default(z.array(z.string()), []),
  resources: z._default(z.array(z.string()), []),
  resourceNames: z.optional(z.array(z.string())),
  verbs: z.array(z.string()),
})

/** The compared fields of namespaces, service accounts, roles and bindings. */
const compared = z.object({
  metadata: z.object({ labels: z.optional(z.record(z.string(), z.string())) }),
  // null in a role without rules
  rules: z.nullish(z.array(rule)),
  subjects: z.optional(z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.optional(z.string()) }))),
})

type Compared = z.output<typeof compared>

/** @param observed undefined when the object does not exist */
export function changeOf(desired: Manifest, observed: unknown): ObjectChange {
  const object = nameOf(desired)
  if (observed === undefined) return { object, action: 'created', differences: [] }
  const differences = differencesOf(compared.parse(desired), compared.parse(observed))
  return { object, action: differences.length > 0 ? 'changed' : 'unchanged', differences }
}

/** The namespaces of the objects, except namespaces that are among the objects. */
export function otherNamespaces(objects: readonly Manifest[]): readonly Manifest[] {
  const own = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)
  const needed = new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []))
  return [...needed]
    .filter((name) => !own.includes(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
}

function nameOf({ kind, metadata: { name, namespace } }: Manifest): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

/** An apply keeps labels that only the observed object has, and replaces the other compared fields. */
function differencesOf(desired: Compared, observed: Compared): readonly Difference[] {
  const { labels = {} } = desired.metadata
  return [
    ...Object.entries(labels).map(([name, value]) => ({
      field: `metadata.labels.${name}`,
      observed: [observed.metadata.labels?.[name] ?? []].flat(),
      desired: [value],
    })),
    { field: 'rules', observed: (observed.rules ?? []).map(ruleText), desired: (desired.rules ?? []).map(ruleText) },
    {
      field: 'subjects',
      observed: (observed.subjects ?? []).map(subjectText),
      desired: (desired.subjects ?? []).map(subjectText),
    },
  ]
    .map(withoutShared)
    .filter((one) => one.observed.length + one.desired.length > 0)
}

function withoutShared({ field, observed, desired }: Difference): Difference {
  return {
    field,
    observed: observed.filter((text) => !desired.includes(text)),
    desired: desired.filter((text) => !observed.includes(text)),
  }
}

function ruleText({ apiGroups, resources, resourceNames, verbs }: z.output<typeof rule>): string {
  const where = apiGroups.flatMap((group) => (group === '' ? resources : resources.map((one) => `${one}.${group}`)))
  const names = resourceNames === undefined ? '' : ` ${resourceNames.join(', ')}`
  return `${verbs.join(', ')} ${where.join(', ')}${names}`
}

function subjectText({ kind, name, namespace }: NonNullable<Compared['subjects']>[number]): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
