/** Decides whether the key set of a cluster may be published. The data from a cluster is untrusted. */
import * as z from 'zod/mini'
import { type CanonicalKey, canonicalKey, keyIdPattern, type PublicKey } from '../clouds/public-key.ts'

export type CheckedKeys = { readonly keys: readonly PublicKey[] } | { readonly problem: string }

const anySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
type AnyKey = z.output<typeof anySet>['keys'][number]

/** Fields of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * "Can have a maximum of 100 RSA keys and 100 EC keys":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const maxKeys = 100

/** Returns the signing keys of a key set, sorted by ID, or the reason not to publish them, as a clause. */
export function checkedKeys(body: unknown): CheckedKeys {
  const parsed = anySet.safeParse(body)
  if (!parsed.success) return { problem: 'it is not a JSON Web Key Set' }
  const { keys } = parsed.data
  if (keys.some(isPrivate)) return { problem: 'it holds private parts of keys, which must never leave the API server' }
  const signing = keys.filter(({ use }) => use === undefined || use === 'sig')
  if (signing.length === 0) return { problem: 'it has no key for signatures' }
  const tooMany = countProblem(signing)
  if (tooMany !== undefined) return { problem: tooMany }
  const checked = signing.map(checkedKey)
  const problem = checked.find((one) => 'problem' in one)
  if (problem) return problem
  return setOf(checked.flatMap((one) => ('key' in one ? [one.key] : [])))
}

/** Returns the keys in a published key set, or none if the text is not a valid key set. */
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

function checkedKey(key: AnyKey): CanonicalKey {
  const { kid, kty } = key
  if (typeof kid !== 'string' || !keyIdPattern.test(kid)) return { problem: 'one of its keys has no usable ID (kid)' }
  if (kty !== 'RSA' && kty !== 'EC') {
    return { problem: `its key ${kid} is neither an RSA nor an EC key, and IAM takes no other` }
  }
  const canonical = canonicalKey(key)
  return 'problem' in canonical ? { problem: `its ${kty} key ${kid} ${canonical.problem}` } : canonical
}

function countProblem(keys: readonly AnyKey[]): string | undefined {
  const count = (type: string) => keys.filter(({ kty }) => kty === type).length
  const type = ['RSA', 'EC'].find((one) => count(one) > maxKeys)
  return type === undefined
    ? undefined
    : `it has ${count(type)} ${type} keys, and IAM takes at most ${maxKeys} of a type`
}

function setOf(keys: readonly PublicKey[]): CheckedKeys {
  const ids = keys.map(({ kid }) => kid)
  const twice = ids.find((kid, index) => ids.indexOf(kid) !== index)
  if (twice !== undefined) return { problem: `two of its keys have the ID ${twice}` }
  return { keys: keys.toSorted((a, b) => a.kid.localeCompare(b.kid, 'en')) }
}
