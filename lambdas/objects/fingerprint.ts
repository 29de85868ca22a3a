/**
 * With one list request, finds the objects that an apply would not change. A server-side apply changes nothing if its
 * manager owns exactly the manifest's fields, and these fields have the manifest's values. If another manager changes a
 * field, our manager loses the field.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
import { createHash } from 'node:crypto'
import type { KubernetesObject } from '@kubernetes/client-node'
import * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import type { Manifest, ObjectOwner } from '../clouds/kubernetes/object.ts'
import { StepError } from '../errors/step-errors.ts'
import { withAdoption, withOwnershipLabels } from '../ownership/kubernetes.ts'
import { kubernetesOwnership, manager } from '../ownership/labels.ts'
import { additionsTo } from './additions.ts'
import { appliedFields } from './field-owner.ts'

/** A type whose manifests have only labels and annotations. */
interface Type {
  readonly apiVersion: string
  readonly kind: string
}

const names = z.optional(z.record(z.string(), z.unknown()))
const onlyMetadata = z.strictObject({ 'f:metadata': z.strictObject({ 'f:annotations': names, 'f:labels': names }) })

/** 128 bits in base64url: short enough for the state of a workflow with 400 workloads. */
const fingerprintLength = 22

/**
 * Returns the fingerprints of the objects with our label, by `namespace/name`. An object whose fields must be compared
 * one by one has no fingerprint. If the list request fails, no object has a fingerprint. The comparison of each object
 * then reports the reason.
 */
export async function fingerprints(
  cluster: Pick<ClusterClient, 'list'>,
  type: Type,
): Promise<ReadonlyMap<string, string>> {
  const labelSelector = `${kubernetesOwnership.managedByLabel}=${manager}`
  const objects = await cluster.list(type, { labelSelector }).catch(noneAfter)
  return new Map(
    objects.flatMap((object): [string, string][] => {
      const { namespace = '', name = '' } = object.metadata ?? {}
      const print = fingerprintOf(type, object)
      return print === undefined ? [] : [[`${namespace}/${name}`, print]]
    }),
  )
}

/**
 * Returns the fingerprint of the fields that we own, or undefined if the object must be compared field by field:
 * another writer has added something that takes effect, we own more than metadata, or the object is being deleted.
 */
export function fingerprintOf(type: Type, { metadata = {} }: KubernetesObject): string | undefined {
  const fields = onlyMetadata.safeParse(appliedFields({ metadata })).data?.['f:metadata']
  const { name, namespace, deletionTimestamp } = metadata
  if (!fields || name === undefined || deletionTimestamp) return undefined
  const annotations = ownedOf(metadata.annotations, fields['f:annotations'])
  const labels = ownedOf(metadata.labels, fields['f:labels'])
  const applied = { ...type, metadata: { name, ...(namespace !== undefined && { namespace }), annotations, labels } }
  return additionsTo(applied, { metadata }).length > 0 ? undefined : digestOf(applied)
}

/** Whether the object with this fingerprint already matches the manifest. The object may be adopted. */
export function isAsApplied(print: string | undefined, manifest: Manifest, owner: ObjectOwner): boolean {
  const ours = withOwnershipLabels(manifest, owner)
  return [ours, withAdoption(ours)].some((applied) => digestOf(applied) === print)
}

function ownedOf(values: Readonly<Record<string, string>> = {}, fields: Readonly<Record<string, unknown>> = {}) {
  return Object.fromEntries(Object.entries(values).filter(([key]) => `f:${key}` in fields))
}

function digestOf({ metadata: { namespace, name, annotations = {}, labels = {} } }: Manifest): string {
  const text = JSON.stringify([namespace, name, sorted(annotations), sorted(labels)])
  return createHash('sha256').update(text).digest('base64url').slice(0, fingerprintLength)
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1))
}

function noneAfter(error: unknown): never[] {
  if (error instanceof StepError) return []
  throw error
}
