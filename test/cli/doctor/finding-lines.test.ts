import { expect, test } from 'vitest'
import { findingLines } from '../../../cli/doctor/finding-lines.ts'
import { said } from '../support/lines.ts'

test('shows the remedy below the finding, in the same column', () => {
  expect(
    said(findingLines({ check: 'clock', state: 'problem', found: '600 s behind the API', toDo: 'Set it.' })),
  ).toEqual(['  ✖ clock               600 s behind the API', '                        Set it.'])
  expect(said(findingLines({ check: 'DiscoveryPublished', state: 'ok', found: 'Succeeded' }))).toEqual([
    '  ✔ DiscoveryPublished  Succeeded',
  ])
})
