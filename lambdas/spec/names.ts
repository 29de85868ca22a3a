import type { Format } from './format.ts'

/** RFC 1123 label, as in namespace names: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const dnsLabel: Format = {
  name: 'a DNS-1123 label',
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  use: '1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends',
}

/** RFC 1123 subdomain, the format of names of service accounts and most other Kubernetes objects. */
export const dnsSubdomain: Format = {
  name: 'a DNS-1123 subdomain',
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  maxLength: 253,
  use: '1 to 253 lower-case letters, digits, hyphens and dots, with a letter or digit at both ends of each part',
}

/** Google Cloud project ID: https://cloud.google.com/resource-manager/docs/creating-managing-projects */
export const projectId: Format = {
  name: 'a Google Cloud project ID',
  pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  use: 'the 6 to 30 lower-case letters, digits and hyphens of the ID, which starts with a letter; neither the name nor the number',
}

/** The account ID has 6 to 30 characters: https://cloud.google.com/iam/docs/service-accounts-create */
export const googleServiceAccount: Format = {
  name: 'the e-mail address of a Google service account',
  pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z][a-z0-9.-]{4,60}\.iam\.gserviceaccount\.com$/,
  use: 'NAME@PROJECT.iam.gserviceaccount.com, without a prefix such as serviceAccount:',
}

/** A region, dual-region or multi-region: https://cloud.google.com/storage/docs/locations */
export const bucketLocation: Format = {
  name: 'a Cloud Storage location',
  pattern: /^[A-Za-z][A-Za-z0-9-]{1,31}$/,
  use: 'a region, dual-region or multi-region such as europe-west1, EUR4 or EU',
}

/** https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html */
export const awsAccountId: Format = {
  name: 'the ID of an AWS account',
  pattern: /^[0-9]{12}$/,
  use: 'its twelve digits',
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const longestRoleName = 64

export const roleName: Format = {
  name: 'an IAM role name',
  pattern: new RegExp(`^[A-Za-z0-9_+=,.@-]{1,${longestRoleName}}$`),
  use: `1 to ${longestRoleName} letters, digits and _+=,.@- without a path, which the deployment gives, or leave the field out to get CLUSTER-NAMESPACE-ACCOUNT-HASH`,
}

/**
 * `refusedBucketNames` has the rules of https://cloud.google.com/storage/docs/buckets#naming that one pattern cannot
 * express. The limit of 63 characters also applies to names with dots. Google requires proof of domain ownership for
 * these. A request cannot give this proof, so a setup could never create a longer name.
 */
export const bucketName: Format = {
  name: 'a Cloud Storage bucket name',
  pattern: /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  use: '3 to 63 lower-case letters, digits, hyphens, underscores and dots, with a letter or digit at both ends',
}

/** Names that the pattern accepts and Google rejects. */
export const refusedBucketNames: readonly (readonly [name: RegExp, problem: string])[] = [
  [/^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/, 'looks like an IP address, which Google refuses'],
  [/\.\.|\.-|-\./, 'has a dot beside another dot or a hyphen, which Google refuses'],
  [/^goog/, 'starts with "goog", which Google keeps for itself'],
  [/g[o0]{2}gle/, 'contains "google" or a misspelling of it, which Google refuses'],
]
