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

const allSeen = { doubted: [], isComplete: true } as const

type Seen = Partial<Pick<Observation, 'doubted' | 'isComplete'>>

/** One run after the other on the same provider, each with the hours since the first and with what is seen then. */
function runs(
  registered: readonly string[],
  observations: readonly (readonly [hours: number, live: readonly string[], seen?: Seen])[],
): Rotation[] {
  const done: Rotation[] = []
  let [list, history]: [readonly string[], History] = [registered, {}]
  for (const [hours, live, seen] of observations) {
    const now = new Date(start + hours * hour)
    const made = rotationOf({ registered: list, live, ...allSeen, ...seen, history, now })
    done.push(made)
    ;[list, history] = [made.thumbprints, made.history]
  }
  return done
}

const listsOf = (rotations: readonly Rotation[]) => rotations.map(({ thumbprints }) => thumbprints)

describe('an announced change of the CA', () => {
  test('the new one is added beside the old, and the old goes a day after it was last seen', () => {
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

  test('one that comes back within the day is kept', () => {
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

test('nothing is pruned while one that is live was not seen a day before, however long the others are gone', () => {
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

test('one that somebody has added by hand for what is to come stays for a day', () => {
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

test('of more than five the longest unseen goes first, and one that was never seen before all', () => {
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

test('of more than five that are live those in the list keep their places, and the others are told', () => {
  const observation = { registered: [f], live: [a, b, c, d, e, f], ...allSeen, history: {}, now: new Date(start) }
  const done = rotationOf(observation)
  expect(done).toMatchObject({ thumbprints: [f, a, b, c, d], added: [a, b, c, d], removed: [], remaining: [e] })
})

describe('what a run cannot see for certain', () => {
  test('an old one that an address presents by a chain that does not validate stays, a day longer than that', () => {
    const done = runs(
      [a],
      [
        [0, [a]],
        [6, [b], { doubted: [a] }],
        [40, [b], { doubted: [a.toUpperCase()] }],
        [63, [b]],
        [64, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a, b], [a, b], [a, b], [b]])
  })

  test('one that is presented by such a chain only is never added, and is new when it is seen by another', () => {
    const done = runs(
      [a],
      [
        [0, [a], { doubted: [b] }],
        [30, [a], { doubted: [b] }],
        [31, [a, b]],
        [54, [b]],
        [55, [b]],
      ],
    )
    expect(listsOf(done)).toEqual([[a], [a], [a, b], [a, b], [b]])
  })

  test('an old one stays in a run that has not read every address, and goes in the next that has', () => {
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

  test('for one that has no place among five the longest unseen goes, and not one that is presented still', () => {
    const observations = [a, b, c, d, e].map((one, index) => [index, [one]] as const)
    const [last] = runs([a], [...observations, [5, [f], { doubted: [a], isComplete: false }]]).slice(-1)
    expect(last).toMatchObject({ thumbprints: [a, c, d, e, f], removed: [b] })
  })
})

const thumbprint = fc.constantFrom(...'0123456789abcdef').map((digit) => digit.repeat(40))
const listed = fc.uniqueArray(thumbprint, { maxLength: 5 })
const live = fc.uniqueArray(thumbprint, { minLength: 1, maxLength: 5 })
const seen = fc.record({ live, doubted: fc.uniqueArray(thumbprint, { maxLength: 3 }), isComplete: fc.boolean() })
/** Hours between the runs, and what is seen. */
const course = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), seen), { minLength: 1, maxLength: 15 })

/** Every run of every course, with what was before it. */
function eachRun(
  holds: (run: {
    before: readonly string[]
    live: readonly string[]
    observation: Observation
    history: History
    now: Date
    made: Rotation
  }) => void,
): void {
  fc.assert(
    fc.property(listed, course, (registered, observations) => {
      let [before, history, at]: [readonly string[], History, number] = [registered, {}, start]
      for (const [hours, seen] of observations) {
        at += hours * hour
        const now = new Date(at)
        const observation = { registered: before, ...seen, history, now }
        const made = rotationOf(observation)
        holds({ before, live: seen.live, observation, history, now, made })
        ;[before, history] = [made.thumbprints, made.history]
      }
    }),
  )
}

describe('always', () => {
  test('everything live is in the list, which has one to five, each once', () => {
    eachRun(({ live, made: { thumbprints } }) => {
      expect(thumbprints).toEqual(expect.arrayContaining([...live]))
      expect(new Set(thumbprints).size).toBe(thumbprints.length)
      expect(thumbprints.length).toBeLessThanOrEqual(5)
    })
  })

  test('a run that adds removes no more than the list has no room for', () => {
    eachRun(({ before, live, made }) => {
      const desired = live.filter((one) => !before.includes(one))
      if (desired.length === 0) return
      expect(made.added).toEqual(desired)
      expect(made.removed).toHaveLength(Math.max(0, before.length + desired.length - 5))
    })
  })

  test('with room in the list, none is removed that a run has seen within a day', () => {
    eachRun(({ before, live, history, now, made }) => {
      if (new Set([...before, ...live]).size > 5) return
      for (const one of made.removed) {
        const last = history[one]?.lastSeen ?? history[one]?.noted ?? now.toISOString()
        expect(now.getTime() - Date.parse(last)).toBeGreaterThanOrEqual(24 * hour)
      }
    })
  })

  test('with room in the list, nothing is removed before all that is live was seen by a run a day earlier', () => {
    eachRun(({ before, live, history, now, made }) => {
      if (made.removed.length === 0 || new Set([...before, ...live]).size > 5) return
      for (const one of live) {
        expect(now.getTime() - Date.parse(history[one]?.firstSeen ?? now.toISOString())).toBeGreaterThanOrEqual(
          24 * hour,
        )
      }
    })
  })

  test('with room in the list, none is removed that is presented, nor any by a run that has not seen everything', () => {
    eachRun(({ before, live, observation: { doubted, isComplete }, made: { removed } }) => {
      if (new Set([...before, ...live]).size > 5) return
      expect(removed.filter((one) => doubted.includes(one))).toEqual([])
      if (!isComplete) expect(removed).toEqual([])
    })
  })

  test('of a full list one that is presented goes only when all that is left is presented', () => {
    eachRun(({ live, observation: { doubted }, history, now, made: { thumbprints, removed } }) => {
      if (!removed.some((one) => doubted.includes(one))) return
      const unseen = thumbprints.filter((one) => !live.includes(one) && !doubted.includes(one))
      // Two runs of a course may be at the same moment.
      expect(unseen.filter((one) => history[one]?.lastSeen !== now.toISOString())).toEqual([])
    })
  })

  test('a second run at the same moment changes nothing', () => {
    eachRun(({ observation, made }) => {
      const again = rotationOf({ ...observation, registered: made.thumbprints, history: made.history })
      expect(again).toMatchObject({ thumbprints: made.thumbprints, added: [], removed: [], history: made.history })
    })
  })

  test('the history is of the list and of nothing else', () => {
    eachRun(({ made }) => expect(Object.keys(made.history).sort()).toEqual([...made.thumbprints].sort()))
  })

  test('what stays the same is a day after its last change what is live, and no more', () => {
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

  test('upper case is the same thumbprint', () => {
    const now = new Date(start)
    const made = rotationOf({ registered: [a.toUpperCase()], live: [a], ...allSeen, history: {}, now })
    expect(made).toMatchObject({ thumbprints: [a.toUpperCase()], added: [], removed: [] })
  })
})
