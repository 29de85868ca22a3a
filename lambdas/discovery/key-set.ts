/** Decides which key set of a cluster may be published. What comes from a cluster is not trusted to be a key set. */
import * as z from 'zod/mini'
import { type PublicKey, publicKey } from './public-key.ts'

export type CheckedKeys = { readonly keys: readonly PublicKey[] } | { readonly problem: string }

const anySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
type AnyKey = z.output<typeof anySet>['keys'][number]

/** Members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * "Can have a maximum of 100 RSA keys and 100 EC keys":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const maxKeys = 100

/** RFC 7518, section 3.3, for all RSA signatures. */
const minModulusBits = 2048

/** Longer than what kube-apiserver makes of a key, which is its hash, and short enough for messages. */
const kidPattern = /^[\w.~+/=:-]{1,128}$/

/** The keys of a key set for signatures, sorted by their IDs; or why the set must not be published, as a clause. */
export function checkedKeys(body: unknown): CheckedKeys {
  const parsed = anySet.safeParse(body)
  if (!parsed.success) return { problem: 'it is not a JSON Web Key Set' }
  const { keys } = parsed.data
  if (keys.some(isPrivate)) return { problem: 'it holds private parts of keys, which must never leave the API server' }
  const signing = keys.filter(({ use }) => use === undefined || use === 'sig')
  if (signing.length === 0) return { problem: 'it has no key for signatures' }
  const problem = signing.map(keyProblem).find((one) => one !== undefined) ?? setProblem(signing)
  if (problem !== undefined) return { problem }
  const published = signing.map((key) => publicKey.parse(key))
  return { keys: published.toSorted((a, b) => a.kid.localeCompare(b.kid, 'en')) }
}

/** The keys in a document that was published; none when it is no such document. */
export function publishedKeySet(text: string): readonly PublicKey[] {
  try {
    const checked = checkedKeys(JSON.parse(text))
    return 'keys' in checked ? checked.keys : []
  } catch {
    return []
  }
}

function isPrivate(key: AnyKey): boolean {
  return privateMembers.some((member) => Object.hasOwn(key, member))
}

function keyProblem(key: AnyKey): string | undefined {
  const { kid, kty } = key
  if (typeof kid !== 'string' || !kidPattern.test(kid)) return 'a key of it has no usable ID (kid)'
  if (kty !== 'RSA' && kty !== 'EC') return `its key ${kid} is neither an RSA nor an EC key, and IAM takes no other`
  const parsed = publicKey.safeParse(key)
  if (!parsed.success) return `its key ${kid} is incomplete, or signs by an algorithm that IAM does not take`
  if (parsed.data.kty === 'RSA' && modulusBits(parsed.data.n) < minModulusBits) {
    return `its RSA key ${kid} has less than ${minModulusBits} bits`
  }
  return undefined
}

/** Without leading zeros. */
function modulusBits(base64url: string): number {
  const hex = Buffer.from(base64url, 'base64url').toString('hex')
  return BigInt(`0x0${hex}`).toString(2).length
}

function setProblem(keys: readonly AnyKey[]): string | undefined {
  for (const type of ['RSA', 'EC']) {
    const count = keys.filter(({ kty }) => kty === type).length
    if (count > maxKeys) return `it has ${count} ${type} keys, and IAM takes ${maxKeys} of a type`
  }
  const ids = keys.map(({ kid }) => String(kid))
  const twice = ids.find((kid, index) => ids.indexOf(kid) !== index)
  return twice === undefined ? undefined : `two of its keys have the ID ${twice}`
}
