/**
 * Reports what other writers added to our objects and a server-side apply preserves. An atomic list has one manager and
 * therefore no additions. An extra item in such a list, for example in RBAC rules or subjects, is a difference.
 */
import * as z from 'zod/mini'
import type { Manifest } from '../clouds/kubernetes/object.ts'
import { itemsByName, type PathStep } from './differences.ts'

export interface Addition {
  readonly path: readonly PathStep[]
  /** The reported part of the addition. It omits the value of an environment variable, which may be a secret. */
  readonly observed: unknown
}

/** A list to which other writers may add items, and the part of such an item to report. */
interface OpenList {
  readonly path: readonly PathStep[]
  readonly show: (item: object) => unknown
}

const podSpec = ['spec', 'template', 'spec']
const image = z.object({ image: z.string() })
const call = z.object({ clientConfig: z.object({ url: z.optional(z.string()), service: z.optional(z.unknown()) }) })

const showContainer = (container: object) => image.safeParse(container).data
const openLists: Readonly<Record<string, readonly OpenList[]>> = {
  Deployment: [
    { path: [...podSpec, 'containers'], show: showContainer },
    { path: [...podSpec, 'initContainers'], show: showContainer },
    { path: [...podSpec, 'volumes'], show: (volume) => Object.keys(volume).filter((key) => key !== 'name') },
  ],
  MutatingWebhookConfiguration: [{ path: ['webhooks'], show: (webhook) => call.safeParse(webhook).data?.clientConfig }],
}

/** The prefix of the webhook's annotations: https://github.com/aws/amazon-eks-pod-identity-webhook */
const readAnnotations = 'eks.amazonaws.com/'

/** Returns the annotations and list items of the object that take effect and are not in the manifest. */
export function additionsTo(manifest: Manifest, live: unknown): Addition[] {
  if (manifest.kind === 'ServiceAccount') return addedAnnotations(manifest, live)
  return openListsOf(manifest).flatMap((list) => addedItems(list, manifest, live))
}

/** Returns the open lists of the manifest's kind, and the environment variables of each container in the manifest. */
function openListsOf(manifest: Manifest): readonly OpenList[] {
  const containers = itemsByName(valueAt(manifest, [...podSpec, 'containers'])) ?? new Map()
  const variables = [...containers].map(([name, item]) => ({
    path: [...podSpec, 'containers', { name, item }, 'env'],
    show: () => undefined,
  }))
  return [...(openLists[manifest.kind] ?? []), ...variables]
}

function addedItems({ path, show }: OpenList, manifest: Manifest, live: unknown): Addition[] {
  const ours = itemsByName(valueAt(manifest, path))
  const observed = [...(itemsByName(valueAt(live, path)) ?? [])]
  return observed
    .filter(([name]) => !ours?.has(name))
    .map(([name, item]) => ({ path: [...path, { name, item }], observed: show(item) }))
}

function addedAnnotations(manifest: Manifest, live: unknown): Addition[] {
  const path = ['metadata', 'annotations']
  const observed = Object.entries(valueAt(live, path) ?? {})
  return observed
    .filter(([key]) => key.startsWith(readAnnotations) && !(key in (manifest.metadata.annotations ?? {})))
    .map(([key, value]) => ({ path: [...path, key], observed: value }))
}

function valueAt(object: unknown, path: readonly PathStep[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof step !== 'string') return itemsByName(value)?.get(step.name)
    return new Map<string, unknown>(Object.entries(value ?? {})).get(step)
  }, object)
}
