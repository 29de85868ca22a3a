/**
 * What may be shown of the texts that an API server sends. They come from anybody: a message may quote a value or a
 * header. A text that does not look like what it stands for is not shown at all.
 */

import type { ObjectOwner } from './object.ts'

/** Stands for a name that is not shown. */
export const unnamed = 'unnamed'

/**
 * A path such as `spec.containers[0].image`, `.spec.ports[port=443,protocol="TCP"]` or
 * `.metadata.annotations.eks.amazonaws.com/role-arn`. A key is as long as the names of Kubernetes, and a part of a token
 * is longer (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
 */
const fieldPath = /^\.?[\w-]{1,63}(?:[./=:,"[\]]{1,3}[\w-]{1,63})*["\]]{0,2}$/

/** The longest path, in characters. */
const longestPath = 200

/** `kubectl-client-side-apply`, `helm`, `kube-controller-manager`. */
const managerName = /^[A-Za-z][\w.:/-]{0,62}$/

/** One word: `FieldValueInvalid`, `CrashLoopBackOff`. */
const reasonWord = /^[A-Za-z][\w-]{0,62}$/

/** The name of an object, also of one whose kind may have any: only what a shell and a terminal take as one word. */
const objectName = /^[a-z0-9][\w.:-]{0,252}$/i

/** A time in RFC 3339. JavaScript reads other forms too, with any text in brackets. */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** A JWT: a service account's token, for example. */
const jwt = /\bey[\w-]{10,}\.ey[\w-]+(\.[\w-]*)?/g

/** A plural, as discovery gives it: `serviceaccounts`. */
const pluralName = /^[a-z][a-z0-9-]{0,62}$/

/** The name of a cluster, as a request may have it. */
const clusterName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** ACCOUNT/REGION/STACK. */
const deploymentName = /^\d{12}\/[a-z]{2,}[a-z0-9-]{1,30}\/[A-Za-z][A-Za-z0-9-]{0,127}$/

/** The owner that annotations of an object name. */
export function shownOwner({ cluster, deployment }: ObjectOwner): ObjectOwner {
  return {
    cluster: clusterName.test(cluster) ? cluster : unnamed,
    deployment: deploymentName.test(deployment) ? deployment : unnamed,
  }
}

export function shownField(text: string | undefined): string {
  return text !== undefined && text.length <= longestPath && fieldPath.test(text) ? text : unnamed
}

export function shownManager(text: string | undefined): string {
  return text !== undefined && managerName.test(text) ? text : unnamed
}

export function shownName(text: string | undefined): string {
  return text !== undefined && objectName.test(text) ? text : unnamed
}

export function shownReason(text: string | undefined): string {
  return text !== undefined && reasonWord.test(text) ? text : unnamed
}

/** Undefined for a text that is no time. */
export function shownTime(text: string | undefined): string | undefined {
  return text !== undefined && rfc3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined
}

/** A sentence that a controller wrote, in one line and without tokens. */
export function shownSentence(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').replace(jwt, '(a token)')
}

export function isPlural(text: string): boolean {
  return pluralName.test(text)
}

/** How many names of one list are shown. */
const mostShown = 10

/** The first names of a list, and the number of the others. */
export function shownList(names: readonly string[]): string {
  const rest = names.length - mostShown
  return [...names.slice(0, mostShown), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
}
