import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { InvalidObject } from '../../../lambdas/errors/step-errors.ts'
import { fingerprintOf, fingerprints, isAsApplied } from '../../../lambdas/objects/fingerprint.ts'
import { withAdoption, withOwnershipLabels } from '../../../lambdas/ownership/kubernetes.ts'

const type = { apiVersion: 'v1', kind: 'ServiceAccount' }
const owner = { deployment: '111122223333/eu-west-1/workload-identity', cluster: 'prod' }
const role = 'eks.amazonaws.com/role-arn'
const expiration = 'eks.amazonaws.com/token-expiration'
const named = { name: 'reader', namespace: 'apps' }
const manifest: Manifest = { ...type, metadata: { ...named, annotations: { [role]: 'arn:a', [expiration]: '86400' } } }

interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

const keysOf = (values: object = {}) => Object.fromEntries(Object.keys(values).map((key) => [`f:${key}`, {}]))
const fieldsOf = ({ annotations, labels }: Metadata) => ({
  'f:metadata': { 'f:annotations': keysOf(annotations), 'f:labels': keysOf(labels) },
})
const ours = (fieldsV1: object) => ({ manager: 'workload-identity', operation: 'Apply', apiVersion: 'v1', fieldsV1 })
const applied = withOwnershipLabels(manifest, owner)
const { annotations = {}, labels = {} } = applied.metadata

/** The account after our apply, with later changes. */
const live = (changes: object = {}, managedFields: object[] = [ours(fieldsOf(applied.metadata))]) => ({
  metadata: { ...applied.metadata, uid: '1', managedFields, ...changes },
})
const isUnchanged = (object: object) => isAsApplied(fingerprintOf(type, object), manifest, owner)

describe('an account', () => {
  it('is as applied when we own exactly the fields of the manifest, with its values', () => {
    expect(isUnchanged(live())).toBe(true)
    expect(fingerprintOf(type, live())).toHaveLength(22)
  })

  it('is as applied with any order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(annotations).reverse())
    expect(isUnchanged(live({ annotations: reversed }))).toBe(true)
  })

  it('is as applied when it was adopted', () => {
    const { metadata } = withAdoption(applied)
    expect(isUnchanged(live(metadata, [ours(fieldsOf(metadata))]))).toBe(true)
  })

  it('is as applied with fields of others that neither we nor the webhook read', () => {
    const theirs = {
      manager: 'helm',
      operation: 'Update',
      fieldsV1: { 'f:secrets': {}, ...fieldsOf(applied.metadata) },
    }
    const changed = { annotations: { ...annotations, 'example.com/team': 'a' }, labels: { ...labels, team: 'a' } }
    expect(isUnchanged(live(changed, [theirs, ours(fieldsOf(applied.metadata))]))).toBe(true)
  })

  it.each<[string, object]>([
    ['a field that we own has another value', live({ annotations: { ...annotations, [role]: 'arn:b' } })],
    ['another manager owns a field', live({}, [ours(fieldsOf({ annotations: { [role]: 'arn:a' }, labels }))])],
    [
      'we own a field that the manifest no longer has',
      live({ labels: { ...labels, old: 'a' } }, [ours(fieldsOf({ annotations, labels: { ...labels, old: 'a' } }))]),
    ],
    ['a label is missing', live({ labels: {} }, [ours(fieldsOf({ annotations }))])],
    ['we own a field outside the metadata', live({}, [ours({ ...fieldsOf(applied.metadata), 'f:secrets': {} })])],
    [
      'others have added an annotation that the webhook reads',
      live({ annotations: { ...annotations, 'eks.amazonaws.com/audience': 'a' } }),
    ],
    ['it is being deleted', live({ deletionTimestamp: new Date() })],
    [
      'only an update of ours owns the fields',
      live({}, [{ ...ours(fieldsOf(applied.metadata)), operation: 'Update' }]),
    ],
    ['we have applied it in two versions of the API', live({}, [ours(fieldsOf(applied.metadata)), ours({})])],
    ['the server has no managed fields', { metadata: { ...applied.metadata } }],
    ['the account has another name', live({ name: 'writer' })],
    ['the account is in another namespace', live({ namespace: 'other' })],
  ])('is not as applied when %s', (_, object) => {
    expect(isUnchanged(object)).toBe(false)
  })

  it('of another cluster or deployment is not as applied', () => {
    const print = fingerprintOf(type, live())
    expect(isAsApplied(print, manifest, { ...owner, cluster: 'other' })).toBe(false)
    expect(isAsApplied(print, manifest, { ...owner, deployment: 'other' })).toBe(false)
  })

  it('without a fingerprint is not as applied', () => {
    expect(isAsApplied('', manifest, owner)).toBe(false)
    expect(isAsApplied(undefined, manifest, owner)).toBe(false)
  })
})

describe('the accounts of a cluster', () => {
  it('are those with our label that need no comparison of fields, by namespace and name', async () => {
    const requests: unknown[] = []
    const changed = live({ name: 'changed', managedFields: [] })
    const list = async (...given: unknown[]) => {
      requests.push(given)
      return [live(), changed, {}]
    }
    const prints = await fingerprints({ list: Object(list) }, type)
    expect([...prints]).toEqual([['apps/reader', fingerprintOf(type, live())]])
    expect(requests).toEqual([[type, { labelSelector: 'app.kubernetes.io/managed-by=workload-identity' }]])
  })

  it('are empty when they cannot be listed, and a defect is thrown', async () => {
    const refused = new InvalidObject({ object: 'a', reason: 'b', action: 'c' })
    const failing = (error: Error) => ({ list: () => Promise.reject(error) })
    expect([...(await fingerprints(failing(refused), type))]).toEqual([])
    await expect(fingerprints(failing(new TypeError('a defect')), type)).rejects.toThrow('a defect')
  })
})
