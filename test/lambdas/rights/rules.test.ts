import { describe, expect, it } from 'vitest'
import type { Right } from '../../../lambdas/rights/rights.ts'
import { rulesFor } from '../../../lambdas/rights/rules.ts'
import { setupOf } from '../../../lambdas/rights/setup.ts'
import { exampleRequest } from '../../support/api/requests.ts'

const setup = setupOf(exampleRequest('existing-cluster'))

type Fields = Pick<Right, 'optional' | 'names'> &
  Partial<Pick<Right, 'place' | 'apiGroup' | 'resources' | 'why' | 'step'>>

function right({ names, ...fields }: Fields = {}): Right {
  const whole = { place: 'cluster', apiGroup: 'apps', resources: ['deployments'], verbs: ['get'] } as const
  const named = names ? { names } : ({ anyName: true } as const)
  return { ...whole, ...named, why: 'It is read.', step: 'BindKsa', ...fields }
}

const allowedBy = (...rights: readonly Right[]) => rulesFor(setup, rights).filter(({ verbs }) => verbs.length > 0)

describe('a right that another one allows for more objects', () => {
  it('is no rule of its own', () => {
    expect(allowedBy(right(), right({ names: ['web'] }))).toHaveLength(1)
  })

  it('stays a rule when the other one is of another API group', () => {
    expect(allowedBy(right(), right({ names: ['web'], apiGroup: 'extensions' }))).toHaveLength(2)
  })

  it('stays a rule when the other one allows only some of its resources', () => {
    expect(allowedBy(right(), right({ names: ['web'], resources: ['deployments', 'replicasets'] }))).toHaveLength(2)
  })

  it('is explained at the widest rule of several', () => {
    const narrow = right({ place: 'webhook', names: ['web'], why: 'The narrowest.' })
    const rules = allowedBy(narrow, right({ place: 'webhook', why: 'The one between.' }), right())
    expect(rules.map(({ reasons }) => reasons.map(({ why }) => why).toSorted())).toEqual([
      ['It is read.', 'The narrowest.', 'The one between.'],
    ])
  })

  it('is explained at the first of two rules of which none allows what the other does', () => {
    const everywhere = right({ names: ['web'] })
    const inOneNamespace = right({ place: 'webhook', why: 'Of any name.' })
    const rules = allowedBy(everywhere, inOneNamespace, right({ place: 'webhook', names: ['web'], why: 'Of both.' }))
    expect(rules.map(({ reasons }) => reasons.map(({ why }) => why))).toEqual([
      ['It is read.', 'Of both.'],
      ['Of any name.'],
    ])
  })
})

it('a step that does without a right is told from one that needs it', () => {
  const [rule] = allowedBy(right(), right({ step: 'Verify', optional: true }))
  expect(rule?.reasons.flatMap(({ steps }) => steps)).toEqual([
    { state: 'BindKsa', optional: false },
    { state: 'Verify', optional: true },
  ])
})

it('nothing is allowed on the management cluster, or on node pools, of a cluster without one', () => {
  expect(allowedBy(right({ place: 'management' }), right({ names: 'node pools' }))).toEqual([])
})
