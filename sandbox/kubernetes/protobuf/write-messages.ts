/**
 * Writes messages.json: the fields of the API types that this server reads, with their numbers in protobuf, as the Go
 * sources of Kubernetes declare them. Run by hand when types are added:
 *
 *     go mod download k8s.io/api@v0.37.2 k8s.io/apimachinery@v0.37.2
 *     node sandbox/kubernetes/protobuf/write-messages.ts "$(go env GOMODCACHE)/k8s.io" v0.37.2
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const roots = [
  ...['Namespace', 'ServiceAccount', 'Secret', 'ConfigMap', 'Service', 'Pod', 'Event'].map((kind) => `core.v1.${kind}`),
  ...['Deployment', 'ReplicaSet'].map((kind) => `apps.v1.${kind}`),
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => `rbac.v1.${kind}`),
  ...['v1', 'v1beta1'].flatMap((version) => [
    `policy.${version}.PodDisruptionBudget`,
    `certificates.${version}.CertificateSigningRequest`,
    `admissionregistration.${version}.MutatingWebhookConfiguration`,
  ]),
  'autoscaling.v1.Scale',
  'authentication.v1.TokenRequest',
  'authentication.v1.SelfSubjectReview',
  'authorization.v1.SelfSubjectAccessReview',
  'authorization.v1.SelfSubjectRulesReview',
  'authorization.v1.SubjectAccessReview',
  'authorization.v1.LocalSubjectAccessReview',
  'meta.v1.DeleteOptions',
]

const scalars: Readonly<Record<string, string>> = {
  string: '?string',
  bool: '?bool',
  int32: '?int32',
  int64: '?int64',
  '[]byte': '?bytes',
  'types.UID': '?string',
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
  'meta.v1.Time': 'time',
  'meta.v1.MicroTime': 'microTime',
  'meta.v1.FieldsV1': 'fieldsV1',
  'runtime.RawExtension': 'raw',
}

const [modules = '', version = ''] = process.argv.slice(2)
const messages: Record<string, Record<string, string>> = {}
for (const root of roots) addMessage(root)
const file = path.join(import.meta.dirname, 'messages.json')
const sorted = Object.entries(messages).sort(([a], [b]) => a.localeCompare(b))
writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`)

function addMessage(name: string): void {
  if (messages[name]) return
  const fields: Record<string, string> = {}
  messages[name] = fields
  for (const line of structOf(name).split('\n')) {
    const field = readField(line, packageOf(name))
    if (field) fields[field.number] = field.text
    if (field?.message) addMessage(field.message)
  }
}

/** `core.v1` of `core.v1.Pod` */
function packageOf(name: string): string {
  return name.split('.').slice(0, 2).join('.')
}

function sourceOf(apiPackage: string): string {
  const [group = '', apiVersion = ''] = apiPackage.split('.')
  const folder = group === 'meta' ? `apimachinery@${version}/pkg/apis/meta` : `api@${version}/${group}`
  return readFileSync(path.join(modules, folder, apiVersion, 'types.go'), 'utf8')
}

function structOf(name: string): string {
  const type = name.split('.').at(-1)
  const found = new RegExp(`^type ${type} struct \\{\\n(.*?)^\\}`, 'ms').exec(sourceOf(packageOf(name)))
  if (!found?.[1]) throw new Error(`no struct ${name}`)
  return found[1]
}

interface Field {
  readonly number: string
  /** What messages.ts describes. */
  readonly text: string
  readonly message: string | undefined
}

function readField(line: string, apiPackage: string): Field | undefined {
  const found = /^\t(?:(\w+) +)?(\S+) +`json:"([^"]*)" .*protobuf:"\w+,(\d+)/.exec(line)
  if (!found) return undefined
  const [, , goType = '', json = '', number = ''] = found
  const [name = '', ...marks] = json.split(',')
  const { text, message } = readType(goType, apiPackage)
  return { number, text: `${name} ${marks.includes('omitempty') ? text : text.replace(/^\??/, '')}`, message }
}

interface TypeText {
  readonly text: string
  readonly message: string | undefined
}

function readType(goType: string, apiPackage: string): TypeText {
  const scalar = scalars[goType]
  if (scalar !== undefined) return { text: scalar, message: undefined }
  if (goType.startsWith('*')) return around('', readType(goType.slice(1), apiPackage))
  if (goType.startsWith('[]')) return around('[]', readType(goType.slice(2), apiPackage))
  const values = /^map\[\w+\](.+)$/.exec(goType)?.[1]
  if (values !== undefined) return around('map ', readType(values, apiPackage))
  return readNamed(qualified(goType, apiPackage))
}

function around(prefix: string, { text, message }: TypeText): TypeText {
  return { text: prefix + text.replace(/^\?/, ''), message }
}

function qualified(goType: string, apiPackage: string): string {
  const [alias, type] = goType.includes('.') ? goType.split('.') : ['', goType]
  const packages: Record<string, string> = { metav1: 'meta.v1', '': apiPackage }
  const v1 = apiPackage.startsWith('admissionregistration') ? 'admissionregistration.v1' : 'core.v1'
  return `${packages[alias ?? ''] ?? v1}.${type}`
}

/** A named type may be another name of a scalar, a list or a map. */
function readNamed(name: string): TypeText {
  const scalar = scalars[name]
  if (scalar !== undefined) return { text: scalar, message: undefined }
  const type = name.split('.').at(-1)
  const underlying = new RegExp(`^type ${type} (=?\\s*\\S+)`, 'm').exec(sourceOf(packageOf(name)))?.[1]
  if (underlying === undefined) throw new Error(`no type ${name}`)
  if (underlying === 'struct') return { text: name, message: name }
  // Lists with a name of their own are messages with one field in protobuf.
  if (underlying === '[]string') return { text: 'items', message: undefined }
  return readType(underlying.replace(/^=\s*/, ''), packageOf(name))
}
