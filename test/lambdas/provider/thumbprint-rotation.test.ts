import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type History,
  type Observation,
  type Rotation,
  rotationOf,
} from '../../../lambdas/provider/thumbprint-rotation.ts'

const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
const hour = 3_600_000
const start = Date.parse('2026-11-25T00:00:00Z')

const allSeen = { untrusted: [], isComplete: true } as const

type Seen = Partial<Pick<Observation, 'untrusted' | 'isComplete'>>

/** Consecutive rotations of one provider, each with the hours since the first and its observation. */
function runs(
  registered: readonly string[],
  observations: readonly (readonly [hours: number, live: readonly string[], seen?: Seen])[],
): Rotation[] {
  const done: Rotation[] = []
  let [list, history]: [readonly string[], History] = [registered, {}]
  for (const [hours, live, seen] of observations) {
    const now = new Date(start + hours * hour)
    const rotation = rotationOf({ registered: list, live, ...allSeen, ...seen, history, now })
    done.push(rotation)
    ;[list, history] = [rotation.thumbprints, rotation.history]
  }
  return done
}

const listsOf = (rotations: readonly Rotation[]) => rotations.map(({ thumbprints }) => thumbprints)

describe('an announced change of the CA', () => {
  test('adds the new thumbprint, and removes the old one a day after it was last seen', () => {
    const done = runs(
      [a],
      [
        [0, [a]],
        [6, [a, b]],
        [12, [b]],
        [30, [b]],
        [36, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a, b], [a, b], [b], [b]])
    expect(done.map(({ added, removed }) => [added, removed])).toEqual([
      [[], []],
      [[b], []],
      [[], []],
      [[], [a]],
      [[], []],
    ])
  })

  test('keeps one that is seen again within the day', () => {
    const done = runs(
      [a],
      [
        [0, [a]],
        [6, [b]],
        [29, [a]],
        [31, [b]],
        [54, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a, b], [a, b], [a, b], [b]])
  })
})

test('removes nothing until each live one was first seen a day ago', () => {
  const done = runs(
    [a, b],
    [
      [0, [a]],
      [100, [a, c]],
      [101, [a, c]],
      [123, [a, c]],
      [124, [a, c]],
    ],
  )
  expect(listsOf(done)).toEqual([
    [a, b],
    [a, b, c],
    [a, b, c],
    [a, b, c],
    [a, c],
  ])
})

test('keeps one that was added by hand for a day', () => {
  expect(
    listsOf(
      runs(
        [a, b],
        [
          [0, [a]],
          [23, [a]],
          [24, [a]],
        ],
      ),
    ),
  ).toEqual([[a, b], [a, b], [a]])
})

test('removes from more than five first those that were never seen, then the longest unseen', () => {
  const [first, , , , last] = runs(
    [a, f],
    [
      [0, [a]],
      [1, [b]],
      [2, [c]],
      [3, [d]],
      [4, [e]],
    ],
  )
  expect(first?.thumbprints).toEqual([a, f])
  expect(last).toMatchObject({ thumbprints: [a, b, c, d, e], added: [e], removed: [f] })
  const next = rotationOf({
    registered: [a, b, c, d, e],
    live: [f],
    ...allSeen,
    history: last?.history ?? {},
    now: new Date(start + 5 * hour),
  })
  expect(next).toMatchObject({ thumbprints: [b, c, d, e, f], removed: [a] })
})

test('keeps the order of the list with more than five live ones, and reports those that do not fit', () => {
  const observation = { registered: [f], live: [a, b, c, d, e, f], ...allSeen, history: {}, now: new Date(start) }
  const done = rotationOf(observation)
  expect(done).toMatchObject({ thumbprints: [f, a, b, c, d], added: [a, b, c, d], removed: [], remaining: [e] })
})

describe('a run with uncertain observations', () => {
  test('keeps an old one until a day after an address last presented it with a chain that does not validate', () => {
    const done = runs(
      [a],
      [
        [0, [a]],
        [6, [b], { untrusted: [a] }],
        [40, [b], { untrusted: [a.toUpperCase()] }],
        [63, [b]],
        [64, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a, b], [a, b], [a, b], [b]])
  })

  test('does not add one that is presented only with such a chain, and adds it as new with another chain', () => {
    const done = runs(
      [a],
      [
        [0, [a], { untrusted: [b] }],
        [30, [a], { untrusted: [b] }],
        [31, [a, b]],
        [54, [b]],
        [55, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a], [a, b], [a, b], [b]])
  })

  test('keeps an old one until a run has read each address', () => {
    const done = runs(
      [a],
      [
        [0, [a]],
        [6, [b], { isComplete: false }],
        [36, [b], { isComplete: false }],
        [42, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a, b], [a, b], [b]])
  })

  test('removes the longest unseen from a full list, and not one that is still presented', () => {
    const observations = [a, b, c, d, e].map((one, index) => [index, [one]] as const)
    const [last] = runs([a], [...observations, [5, [f], { untrusted: [a], isComplete: false }]]).slice(-1)
    expect(last).toMatchObject({ thumbprints: [a, c, d, e, f], removed: [b] })
  })
})

const thumbprint = fc.constantFrom(...'0123456789abcdef').map((digit) => digit.repeat(40))
const listed = fc.uniqueArray(thumbprint, { maxLength: 5 })
const live = fc.uniqueArray(thumbprint, { minLength: 1, maxLength: 5 })
const seen = fc.record({ live, untrusted: fc.uniqueArray(thumbprint, { maxLength: 3 }), isComplete: fc.boolean() })
/** Hours between the runs, and the observations. */
const course = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), seen), { minLength: 1, maxLength: 15 })

/** Calls `holds` for each run of each course. */
function eachRun(
  holds: (run: {
    before: readonly string[]
    live: readonly string[]
    observation: Observation
    history: History
    now: Date
    rotation: Rotation
  }) => void,
): void {
  fc.assert(
    fc.property(listed, course, (registered, observations) => {
      let [before, history, at]: [readonly string[], History, number] = [registered, {}, start]
      for (const [hours, seen] of observations) {
        at += hours * hour
        const now = new Date(at)
        const observation = { registered: before, ...seen, history, now }
        const rotation = rotationOf(observation)
        holds({ before, live: seen.live, observation, history, now, rotation })
        ;[before, history] = [rotation.thumbprints, rotation.history]
      }
    }),
  )
}

describe('each run', () => {
  test('has each live one in a list of at most five different ones', () => {
    eachRun(({ live, rotation: { thumbprints } }) => {
      expect(thumbprints).toEqual(expect.arrayContaining([...live]))
      expect(new Set(thumbprints).size).toBe(thumbprints.length)
      expect(thumbprints.length).toBeLessThanOrEqual(5)
    })
  })

  test('that adds removes only those for which the list has no space', () => {
    eachRun(({ before, live, rotation }) => {
      const desired = live.filter((one) => !before.includes(one))
      if (desired.length === 0) return
      expect(rotation.added).toEqual(desired)
      expect(rotation.removed).toHaveLength(Math.max(0, before.length + desired.length - 5))
    })
  })

  test('with space in the list removes none that was seen within a day', () => {
    eachRun(({ before, live, history, now, rotation }) => {
      if (new Set([...before, ...live]).size > 5) return
      for (const one of rotation.removed) {
        const last = history[one]?.lastSeen ?? history[one]?.noted ?? now.toISOString()
        expect(now.getTime() - Date.parse(last)).toBeGreaterThanOrEqual(24 * hour)
      }
    })
  })

  test('with space in the list removes none before each live one was first seen a day ago', () => {
    eachRun(({ before, live, history, now, rotation }) => {
      if (rotation.removed.length === 0 || new Set([...before, ...live]).size > 5) return
      for (const one of live) {
        expect(now.getTime() - Date.parse(history[one]?.firstSeen ?? now.toISOString())).toBeGreaterThanOrEqual(
          24 * hour,
        )
      }
    })
  })

  test('with space in the list removes none that is presented, and none if an address was not read', () => {
    eachRun(({ before, live, observation: { untrusted, isComplete }, rotation: { removed } }) => {
      if (new Set([...before, ...live]).size > 5) return
      expect(removed.filter((one) => untrusted.includes(one))).toEqual([])
      if (!isComplete) expect(removed).toEqual([])
    })
  })

  test('removes a presented one from a full list only if each remaining one is presented', () => {
    eachRun(({ live, observation: { untrusted }, history, now, rotation: { thumbprints, removed } }) => {
      if (!removed.some((one) => untrusted.includes(one))) return
      const unseen = thumbprints.filter((one) => !live.includes(one) && !untrusted.includes(one))
      // Two runs of a course may have the same time.
      expect(unseen.filter((one) => history[one]?.lastSeen !== now.toISOString())).toEqual([])
    })
  })

  test('changes nothing in a second run at the same time', () => {
    eachRun(({ observation, rotation }) => {
      const again = rotationOf({ ...observation, registered: rotation.thumbprints, history: rotation.history })
      expect(again).toMatchObject({
        thumbprints: rotation.thumbprints,
        added: [],
        removed: [],
        history: rotation.history,
      })
    })
  })

  test('has a history of exactly its list', () => {
    eachRun(({ rotation }) => expect(Object.keys(rotation.history).sort()).toEqual([...rotation.thumbprints].sort()))
  })

  test('has exactly the live ones a day after the last change', () => {
    fc.assert(
      fc.property(listed, live, (registered, seen) => {
        const done = runs(registered, [
          [0, seen],
          [24, seen],
          [48, seen],
        ])
        expect([...(done.at(-1)?.thumbprints ?? [])].sort()).toEqual([...seen].sort())
      }),
    )
  })

  test('compares thumbprints without case', () => {
    const now = new Date(start)
    const rotation = rotationOf({ registered: [a.toUpperCase()], live: [a], ...allSeen, history: {}, now })
    expect(rotation).toMatchObject({ thumbprints: [a.toUpperCase()], added: [], removed: [] })
  })
})
