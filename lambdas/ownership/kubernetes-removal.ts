/** Decides from an object's metadata what a removal deletes and what remains. */
import * as z from 'zod/mini'
import type { ObjectOwner } from '../clouds/kubernetes/object.ts'
import { filteredManager } from '../clouds/kubernetes/shown.ts'
import { isAdopted, isOurs, type LabelledMetadata, otherOwnerOf } from './kubernetes.ts'
import { kubernetesOwnership, manager as ourManager } from './labels.ts'

/**
 * `ours` is deleted. `adopted` loses the labels and annotations of the product, and remains. `theirs` has another
 * owner, which may be another cluster or deployment, and remains.
 */
export type ObjectOwnership = 'ours' | 'adopted' | 'theirs'

export function objectOwnershipOf(metadata: LabelledMetadata | undefined, owner: ObjectOwner): ObjectOwnership {
  if (!isOurs(metadata, owner)) return 'theirs'
  return isAdopted(metadata) ? 'adopted' : 'ours'
}

/** The reason why a foreign object remains. */
export function staysTheirs(metadata: LabelledMetadata | undefined, owner: ObjectOwner): string {
  const other = otherOwnerOf(metadata, owner)
  if (!other) return 'it was not made by workload-identity, and stays'
  const elsewhere = other.deployment === owner.deployment ? '' : ` of the deployment ${other.deployment}`
  return `it belongs to cluster ${other.cluster}${elsewhere}, and stays`
}

export const staysAdopted = 'others created it: it loses our marks, and stays'

/** The patch that removes the product's label and annotations from an adopted object. */
export const withoutOwnershipLabels = {
  labels: { [kubernetesOwnership.managedByLabel]: null },
  annotations: {
    [kubernetesOwnership.deploymentAnnotation]: null,
    [kubernetesOwnership.clusterAnnotation]: null,
    [kubernetesOwnership.adoptedAnnotation]: null,
  },
} as const

const fields = z.object({
  'f:metadata': z.optional(z.object({ 'f:annotations': z.optional(z.record(z.string(), z.unknown())) })),
})
const owned = z.object({
  metadata: z.object({
    managedFields: z.optional(z.array(z.object({ manager: z.optional(z.string()), fieldsV1: z.optional(fields) }))),
  }),
})

type Owned = NonNullable<z.output<typeof owned>['metadata']['managedFields']>[number]

/** Up to Kubernetes 1.23, this manager writes the Secret of an account's token into the ServiceAccount. */
const ofTheCluster = ['kube-controller-manager']

/** The field managers that own a field of the object, except the product and the cluster's own. */
export function otherManagers(live: unknown): readonly string[] {
  const names = managersOf(live).map(({ manager }) => filteredManager(manager))
  return [...new Set(names)].filter((name) => name !== ourManager && !ofTheCluster.includes(name))
}

/** The annotations that start with `prefix` and that no other field manager owns. */
export function annotationsOnlyOurs(live: unknown, prefix: string): readonly string[] {
  const [ours, others] = [managersOf(live).filter(isUs), managersOf(live).filter((one) => !isUs(one))]
  const theirs = others.flatMap(annotationsOf)
  return [...new Set(ours.flatMap(annotationsOf))].filter((name) => name.startsWith(prefix) && !theirs.includes(name))
}

function managersOf(live: unknown): readonly Owned[] {
  return owned.safeParse(live).data?.metadata.managedFields ?? []
}

function isUs({ manager }: Owned): boolean {
  return manager === ourManager
}

function annotationsOf({ fieldsV1 }: Owned): readonly string[] {
  const names = Object.keys(fieldsV1?.['f:metadata']?.['f:annotations'] ?? {})
  return names.filter((name) => name.startsWith('f:')).map((name) => name.slice(2))
}

/** The part of an object that determines whether its namespace is empty. */
export interface Content {
  readonly kind?: string
  readonly metadata?: LabelledMetadata & {
    readonly name?: string
    readonly deletionTimestamp?: unknown
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[]
  }
}

/** The objects that Kubernetes creates in each namespace, as patterns of `Kind name`. */
const fromTheStart = [/^ServiceAccount default$/, /^ConfigMap kube-root-ca\.crt$/, /^Secret default-token-[a-z0-9]{5}$/]

/** The other objects of a namespace, each as `Kind name`. */
export interface NamespaceContents {
  /** Objects that are deleted directly or with their owner. */
  readonly leaving: readonly string[]
  readonly others: readonly string[]
}

/**
 * The accounts of a teardown that are deleted or being deleted, as `Kind name`. In a dry run, also those that would be
 * deleted. Kubernetes also deletes the objects that they own. If an account remains, its namespace remains.
 */
export function deletedAccounts(
  contents: readonly Content[],
  names: readonly string[],
  { owner, dryRun }: { readonly owner: ObjectOwner; readonly dryRun: boolean },
): string[] {
  return names
    .map((name) => `ServiceAccount ${name}`)
    .filter((name) => {
      const live = contents.find((one) => nameOf(one) === name)
      return !live || live.metadata?.deletionTimestamp !== undefined || (dryRun && wouldGo(live, owner))
    })
}

function wouldGo(account: Content, owner: ObjectOwner): boolean {
  return objectOwnershipOf(account.metadata, owner) === 'ours' && otherManagers(account).length === 0
}

/** @param going `Kind name` of the objects in the namespace that are deleted */
export function namespaceContents(contents: readonly Content[], going: readonly string[]): NamespaceContents {
  const mine = contents.filter((one) => !fromTheStart.some((pattern) => pattern.test(nameOf(one))))
  const leaving = mine.filter((one) => isGoing(one, going)).map(nameOf)
  const isNew = leaving.some((name) => !going.includes(name))
  // Owners form chains: an object that is deleted with its owner may own others.
  if (isNew) return namespaceContents(contents, [...new Set([...going, ...leaving])])
  return { leaving, others: mine.map(nameOf).filter((name) => !leaving.includes(name)) }
}

function isGoing(one: Content, going: readonly string[]): boolean {
  const owners = one.metadata?.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`) ?? []
  return [nameOf(one), unnamedOwner(nameOf(one)), ...owners, ...owners.map(deploymentOf)].some((name) =>
    going.includes(name),
  )
}

/** Pods outlive their ReplicaSet, and then know only its name. That name starts with the Deployment's name. */
function deploymentOf(owner: string): string {
  return owner.replace(/^ReplicaSet (.+)-[a-z0-9]{1,10}$/, 'Deployment $1')
}

/**
 * The owner of an object that has an owner, but no owner reference. Endpoints have the name of their Service. The name
 * of a token's Secret starts with the name of its account.
 */
function unnamedOwner(name: string): string {
  return name.replace(/^Endpoints /, 'Service ').replace(/^Secret (.+)-token-[a-z0-9]{5}$/, 'ServiceAccount $1')
}

function nameOf({ kind = '', metadata }: Content): string {
  return `${kind} ${metadata?.name ?? ''}`
}
