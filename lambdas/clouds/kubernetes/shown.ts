/**
 * Filters for untrusted texts of an API server, which may quote a secret value or a header. A text that does not match
 * the expected form is not displayed.
 */

import type { ObjectOwner } from './object.ts'

/** The replacement for a name that must not be displayed. */
export const unnamed = 'unnamed'

/**
 * A path such as `spec.containers[0].image`, `.spec.ports[port=443,protocol="TCP"]` or
 * `.metadata.annotations.eks.amazonaws.com/role-arn`. Each part has at most 63 characters, like a Kubernetes name.
 * Parts of a JWT are longer, so no token passes as a path
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
 */
const fieldPath = /^\.?[\w-]{1,63}(?:[./=:,"[\]]{1,3}[\w-]{1,63})*["\]]{0,2}$/

/** The maximum length of a path, in characters. */
const longestPath = 200

/** `kubectl-client-side-apply`, `helm`, `kube-controller-manager`. */
const managerName = /^[A-Za-z][\w.:/-]{0,62}$/

/** One word: `FieldValueInvalid`, `CrashLoopBackOff`. */
const reasonWord = /^[A-Za-z][\w-]{0,62}$/

/** The name of an object of any kind. It has only characters that a shell and a terminal treat as one word. */
const objectName = /^[a-z0-9][\w.:-]{0,252}$/i

/** A time in RFC 3339. `Date.parse` also accepts other forms, which may contain any text in parentheses. */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** A JWT, for example a service account token. */
const jwt = /\bey[\w-]{10,}\.ey[\w-]+(\.[\w-]*)?/g

/** A resource's plural name, as the Kubernetes API lists it: `serviceaccounts`. */
const pluralName = /^[a-z][a-z0-9-]{0,62}$/

/** The name of a cluster, as a request allows it. */
const clusterName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** A deployment: ACCOUNT/REGION/STACK. */
const deploymentName = /^\d{12}\/[a-z]{2,}[a-z0-9-]{1,30}\/[A-Za-z][A-Za-z0-9-]{0,127}$/

/** Filters the owner in the annotations of an object. */
export function filteredOwner({ cluster, deployment }: ObjectOwner): ObjectOwner {
  return {
    cluster: clusterName.test(cluster) ? cluster : unnamed,
    deployment: deploymentName.test(deployment) ? deployment : unnamed,
  }
}

export function filteredField(text: string | undefined): string {
  return text !== undefined && text.length <= longestPath && fieldPath.test(text) ? text : unnamed
}

export function filteredManager(text: string | undefined): string {
  return text !== undefined && managerName.test(text) ? text : unnamed
}

export function filteredName(text: string | undefined): string {
  return text !== undefined && objectName.test(text) ? text : unnamed
}

export function filteredReason(text: string | undefined): string {
  return text !== undefined && reasonWord.test(text) ? text : unnamed
}

/** Returns undefined for a text that is no time. */
export function filteredTime(text: string | undefined): string | undefined {
  return text !== undefined && rfc3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined
}

/** Returns a controller's message in one line, and without tokens. */
export function filteredSentence(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').replace(jwt, '(a token)')
}

export function isPlural(text: string): boolean {
  return pluralName.test(text)
}

/** The maximum number of names of a list that are displayed. */
const maxShown = 10

/** Returns the first names of a list, and the number of the remaining names. */
export function shortenedList(names: readonly string[]): string {
  const rest = names.length - maxShown
  return [...names.slice(0, maxShown), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
}
