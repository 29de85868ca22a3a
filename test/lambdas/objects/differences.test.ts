import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differences, pathName } from '../../../lambdas/objects/differences.ts'

const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 })
/** The difference with its path as text. */
const named = ({ path, ...values }: ReturnType<typeof differences>[number]) => ({ field: pathName(path), ...values })
const specOf = (spec: object) => ({ metadata: {}, spec })
const object = fc.record({ metadata: json, spec: json, status: json })

describe('the differences of a server-side apply', () => {
  it('are empty when the dry run returns the live object', () => {
    fc.assert(
      fc.property(object, (live) => {
        expect(differences(live, structuredClone(live))).toEqual([])
      }),
    )
  })

  it('are empty when only the status and metadata of the server differ', () => {
    fc.assert(
      fc.property(object, fc.jsonValue(), (live, other) => {
        const ofServer = { managedFields: other, resourceVersion: '2', generation: 7 }
        const dryRun = { ...live, status: other, metadata: { ...live.metadata, ...ofServer } }
        const before = { ...live, metadata: { ...live.metadata, resourceVersion: '1', generation: 6 } }
        expect(differences(before, dryRun)).toEqual([])
      }),
    )
  })

  it('are empty when keys have another order', () => {
    const live = { metadata: { name: 'a', labels: { x: '1', y: '2' } }, spec: { b: 1, c: 2 } }
    const dryRun = { spec: { c: 2, b: 1 }, metadata: { labels: { y: '2', x: '1' }, name: 'a' } }
    expect(differences(live, dryRun)).toEqual([])
  })

  it('are symmetric', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        const swapped = differences(b, a).map(({ path, desired, observed }) => ({
          path,
          desired: observed,
          observed: desired,
        }))
        expect(differences(a, b).map(named)).toEqual(swapped.map(named))
      }),
    )
  })

  it('have the path, the desired and the observed value', () => {
    const live = { metadata: { name: 'a', labels: { x: '1' } }, spec: { replicas: 1, command: ['a', 'b'] } }
    const dryRun = {
      metadata: { name: 'a', labels: { x: '1', y: '2' }, generation: 2 },
      spec: { replicas: 2, command: ['a'], paused: true },
    }
    expect(differences(live, dryRun).map(named)).toEqual([
      { field: 'metadata.labels.y', desired: '2', observed: undefined },
      { field: 'spec.command', desired: ['a'], observed: ['a', 'b'] },
      { field: 'spec.paused', desired: true, observed: undefined },
      { field: 'spec.replicas', desired: 2, observed: 1 },
    ])
  })

  it('compare list items by their names, in any order', () => {
    const live = specOf({
      containers: [{ name: 'side' }, { name: 'main', image: 'a' }],
      volumes: [{ name: 'gone' }],
    })
    const dryRun = specOf({ containers: [{ name: 'main', image: 'b' }, { name: 'side' }], volumes: [] })
    expect(differences(live, dryRun).map(named)).toEqual([
      { field: 'spec.containers[main].image', desired: 'b', observed: 'a' },
      { field: 'spec.volumes[gone]', desired: undefined, observed: { name: 'gone' } },
    ])
  })

  it('have the complete list when only its order differs, or its items have no unique names', () => {
    const lists = {
      order: [{ name: 'a' }, { name: 'b' }],
      twice: [{ name: 'a' }, { name: 'a', x: 1 }],
      numbers: [1, 2],
    }
    const changed = { order: lists.order.toReversed(), twice: [{ name: 'a' }], numbers: [2, 1] }
    expect(differences(specOf(lists), specOf(changed)).map(({ path }) => pathName(path))).toEqual([
      'spec.numbers',
      'spec.order',
      'spec.twice',
    ])
  })

  it('have each annotation of an object without annotations', () => {
    const dryRun = { metadata: { annotations: { a: '1', 'b/c': '2' } } }
    expect(differences({ metadata: {} }, dryRun).map(named)).toEqual([
      { field: 'metadata.annotations.a', desired: '1', observed: undefined },
      { field: 'metadata.annotations.b/c', desired: '2', observed: undefined },
    ])
  })

  it('are empty only for equal objects', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(differences(specOf(a), specOf(b)).length === 0).toBe(isDeepStrictEqual({ ...a }, { ...b }))
      }),
    )
  })
})
