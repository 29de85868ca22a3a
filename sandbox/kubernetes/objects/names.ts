import { randomInt } from 'node:crypto'

const labelRule = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const subdomainRule = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const pathSegmentRule = /^[^/%]+$/

/** The rule for the names of a kind, and the message of a real server for an invalid name. */
export interface NameRule {
  readonly holds: (name: string) => boolean
  readonly message: string
}

export const label: NameRule = {
  holds: (name) => labelRule.test(name),
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
}

export const subdomain: NameRule = {
  holds: (name) => name.length <= 253 && subdomainRule.test(name),
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
}

/** RBAC objects accept any name that is valid in a path. */
export const pathSegment: NameRule = {
  holds: (name) => pathSegmentRule.test(name) && name !== '.' && name !== '..',
  message: "may not contain '/' or '%'",
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Uses the alphabet of Kubernetes, which has no vowels, so that the suffix forms no words. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}
