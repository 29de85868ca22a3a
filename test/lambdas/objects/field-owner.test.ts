import { describe, expect, it } from 'vitest'
import { isApplied, ownerOf } from '../../../lambdas/objects/field-owner.ts'

const time = '2026-11-25T19:00:00Z'
const entry = (manager: string, fieldsV1: object, operation = 'Update') => ({ manager, operation, time, fieldsV1 })
const object = (...managedFields: object[]) => ({ metadata: { managedFields } })
const ours = (fieldsV1: object) => entry('workload-identity', fieldsV1, 'Apply')

const container = { name: 'main', item: { name: 'main', image: 'a' } }
const imagePath = ['spec', 'containers', container, 'image']
const containers = (fields: object) => ({ 'f:spec': { 'f:containers': { 'k:{"name":"main"}': fields } } })

describe('the owner of a field', () => {
  it('is the manager of that field, with the time of its last write', () => {
    const live = object(ours(containers({ 'f:args': {} })), entry('kubectl-edit', containers({ 'f:image': {} })))
    expect(ownerOf(live, imagePath)).toEqual({ manager: 'kubectl-edit', changedAt: time })
  })

  it('is the other manager of a field that we share', () => {
    const shared = containers({ 'f:image': {} })
    expect(ownerOf(object(ours(shared), entry('helm', shared)), imagePath)).toMatchObject({ manager: 'helm' })
    expect(ownerOf(object(ours(shared)), imagePath)).toMatchObject({ manager: 'workload-identity' })
  })

  it('is the manager of the list that has the field, or of a field inside it', () => {
    const subject = ['subjects', { name: 'a', item: { name: 'a' } }]
    expect(ownerOf(object(entry('helm', { 'f:subjects': {} })), subject)).toMatchObject({ manager: 'helm' })
    const inside = object(entry('helm', containers({ 'f:resources': { 'f:limits': { 'f:memory': {} } } })))
    expect(ownerOf(inside, ['spec', 'containers', container, 'resources'])).toMatchObject({ manager: 'helm' })
  })

  it('is found by all keys of a list item', () => {
    const port = { name: 'https', item: { name: 'https', port: 443, protocol: 'TCP' } }
    const owned = (key: object) =>
      object(entry('helm', { 'f:spec': { 'f:ports': { [`k:${JSON.stringify(key)}`]: { 'f:targetPort': {} } } } }))
    const path = ['spec', 'ports', port, 'targetPort']
    expect(ownerOf(owned({ port: 443, protocol: 'TCP' }), path)).toMatchObject({ manager: 'helm' })
    expect(ownerOf(owned({ port: 443, protocol: 'UDP' }), path)).toBeUndefined()
  })

  it('is undefined for an item if another manager owns only other items, or only the list itself', () => {
    const other = { '.': {}, 'k:{"name":"other"}': { 'f:image': {} } }
    expect(ownerOf(object(entry('helm', { 'f:spec': { 'f:containers': other } })), imagePath)).toBeUndefined()
  })

  it('is undefined for a field that no manager has set, or without managed fields', () => {
    expect(ownerOf(object(ours({ 'f:spec': { '.': {}, 'f:replicas': {} } })), ['spec', 'paused'])).toBeUndefined()
    expect(ownerOf({ metadata: {} }, ['spec'])).toBeUndefined()
    expect(ownerOf(object(entry('helm', {})), ['spec', 'paused'])).toBeUndefined()
  })

  it('ignores keys that are not JSON or are of a map, and hides a malformed manager name and time', () => {
    const strange = { 'f:spec': { 'f:containers': { 'k:s3cr3t': { 'f:image': {} } } } }
    expect(ownerOf(object(entry('helm', strange)), imagePath)).toBeUndefined()
    const named = { 'f:spec': { 'f:containers': { 'f:{"name":"main"}': { 'f:image': {} } } } }
    expect(ownerOf(object(entry('helm', named)), imagePath)).toBeUndefined()
    const live = object({ ...entry('a sentence with s3cr3t', { 'f:spec': {} }), time: 'Nov 25 2026 (s3cr3t)' })
    expect(ownerOf(live, ['spec'])).toEqual({ manager: 'unnamed' })
  })

  it('has the time also as the Date object of the client', () => {
    const live = object({ ...entry('helm', { 'f:spec': {} }), time: new Date(time) })
    expect(ownerOf(live, ['spec'])).toEqual({ manager: 'helm', changedAt: '2026-11-25T19:00:00.000Z' })
  })
})

it('a field is applied only if we have applied it, and not if we or others have updated it', () => {
  const fields = { 'f:spec': { 'f:replicas': {} } }
  expect(isApplied(object(ours(fields)), ['spec', 'replicas'])).toBe(true)
  expect(isApplied(object(entry('helm', fields), ours(fields)), ['spec', 'replicas'])).toBe(true)
  expect(isApplied(object(ours(fields)), ['spec', 'paused'])).toBe(false)
  expect(isApplied(object(entry('helm', fields, 'Apply')), ['spec', 'replicas'])).toBe(false)
  expect(isApplied(object(entry('workload-identity', fields)), ['spec', 'replicas'])).toBe(false)
})
