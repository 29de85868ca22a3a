/** The formats of ARNs, URLs and images. Rules parse with these patterns, and the schema of a request shows them. */

const secretArnStart = 'arn:(?<partition>aws[a-z-]*):secretsmanager:(?<region>[a-z0-9-]+):(?<account>[0-9]{12}):secret:'

export const secretArn = new RegExp(`^${secretArnStart}(?<name>[A-Za-z0-9/_+=.@-]{1,519})$`)

/** A path without empty or dot-only parts. Secrets Manager takes `a/../b` literally, but people and tools read `b`. */
export const plainPath = /^\.*[^/.][^/]*(\/\.*[^/.][^/]*)*$/

const secretPart = '\\.*[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]*'

/** The recommended format of a secret's ARN: its name is a plain path. */
export const plainSecretArn = new RegExp(`^${secretArnStart}${secretPart}(/${secretPart})*$`)
/** 519 characters of name and suffix, after partition, region and account. */
export const longestSecretArn = 600

/** The key's region must be the cluster's region, which a rule checks. */
export const kmsKeyArn =
  /^arn:(?<partition>aws[a-z-]*):kms:(?<region>[a-z0-9-]+):[0-9]{12}:(key|alias)\/[A-Za-z0-9/_-]+$/

export const policyArn =
  /^arn:(?<partition>aws[a-z-]*):iam::(?<account>aws|[0-9]{12}):policy\/(?:[!-~]{1,510}\/)?[A-Za-z0-9_+=,.@-]{1,128}$/

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
/** URL parsers read a name as an IPv4 address when its last label starts with a digit. */
const lastLabel = '[a-z]([a-z0-9-]{0,61}[a-z0-9])?'
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
/** Excludes 0.0.0.0/8, loopback, multicast and reserved addresses. */
const firstOctet = '(22[0-3]|2[01][0-9]|1[3-9][0-9]|12[0-689]|1[01][0-9]|[1-9][0-9]?)'
const port = '(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})'

/** The recommended format of a proxy's URL. The rule also accepts other notations of hosts. */
export const proxyUrlPattern = `^http://((${label}\\.)*${lastLabel}|${firstOctet}(\\.${octet}){3}):${port}/?$`

/** The recommended format of an issuer. The rule also accepts addresses and other characters in paths. */
export const issuerUrlPattern = `^https://(${label}\\.)+${lastLabel}(/\\.?[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`
export const longestIssuerUrl = 255

/** The grammar of image references: https://github.com/distribution/reference */
const component = '[a-z0-9]+([._-]+[a-z0-9]+)*'
const name = `([A-Za-z0-9.-]+(:[0-9]{1,5})?/)?${component}(/${component})*`
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
const digest = 'sha256:[0-9a-f]{64}'

export const imageReference = new RegExp(`^(?<name>${name})(:(?<tag>${tag}))?(@(?<digest>${digest}))?$`)
export const longestImageReference = 512

/** JSON Schema keywords for an image with a tag or a digest. A rule also rejects the tag `latest`. */
export const pinnedImage = { pattern: `^${name}(:${tag}(@${digest})?|@${digest})$`, maxLength: longestImageReference }

/** JSON Schema keywords for an image that can request its certificate from the cluster: its version is below 0.4.0. */
export const requestingImage = {
  pattern: `^${name}:((release-|v)?0\\.[0-3](\\.[0-9]{1,4})?|ed8c41f)(@${digest})?$`,
  maxLength: longestImageReference,
}
