import { describe, expect, it } from 'vitest'
import type { Right } from '../../../lambdas/rights/rights.ts'
import { rulesFor } from '../../../lambdas/rights/rules.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import { exampleRequest } from '../../support/api/requests.ts'

const setup = rightsSetupOf(exampleRequest('existing-cluster'))

type Fields = Pick<Right, 'optional' | 'names'> &
  Partial<Pick<Right, 'place' | 'apiGroup' | 'resources' | 'why' | 'step'>>

function right({ names, ...fields }: Fields = {}): Right {
  const defaults = { place: 'cluster', apiGroup: 'apps', resources: ['deployments'], verbs: ['get'] } as const
  const named = names ? { names } : ({ anyName: true } as const)
  return { ...defaults, ...named, why: 'It is read.', step: 'BindKsa', ...fields }
}

const allowedBy = (...rights: readonly Right[]) => rulesFor(setup, rights).filter(({ verbs }) => verbs.length > 0)

describe('a right that another one includes', () => {
  it('has no separate rule', () => {
    expect(allowedBy(right(), right({ names: ['web'] }))).toHaveLength(1)
  })

  it('has a separate rule when the other one is for another API group', () => {
    expect(allowedBy(right(), right({ names: ['web'], apiGroup: 'extensions' }))).toHaveLength(2)
  })

  it('has a separate rule when the other one allows only some of its resources', () => {
    expect(allowedBy(right(), right({ names: ['web'], resources: ['deployments', 'replicasets'] }))).toHaveLength(2)
  })

  it('has its reason at the widest rule of several', () => {
    const narrow = right({ place: 'webhook', names: ['web'], why: 'The narrowest.' })
    const rules = allowedBy(narrow, right({ place: 'webhook', why: 'The one between.' }), right())
    expect(rules.map(({ reasons }) => reasons.map(({ why }) => why).toSorted())).toEqual([
      ['It is read.', 'The narrowest.', 'The one between.'],
    ])
  })

  it('has its reason at the first of two rules that do not include each other', () => {
    const everywhere = right({ names: ['web'] })
    const inOneNamespace = right({ place: 'webhook', why: 'Of any name.' })
    const rules = allowedBy(everywhere, inOneNamespace, right({ place: 'webhook', names: ['web'], why: 'Of both.' }))
    expect(rules.map(({ reasons }) => reasons.map(({ why }) => why))).toEqual([
      ['It is read.', 'Of both.'],
      ['Of any name.'],
    ])
  })
})

it('a reason distinguishes steps that need a right from steps for which it is optional', () => {
  const [rule] = allowedBy(right(), right({ step: 'Verify', optional: true }))
  expect(rule?.reasons.flatMap(({ steps }) => steps)).toEqual([
    { state: 'BindKsa', optional: false },
    { state: 'Verify', optional: true },
  ])
})

it('a cluster without a management cluster has no rights on one', () => {
  expect(allowedBy(right({ place: 'management' }), right({ names: 'node pools' }))).toEqual([])
})
