import { styleText } from 'node:util'
import type { components } from '../api/types.ts'
import { differenceLines } from './difference-lines.ts'
import { field, type Line } from './line.ts'

type Drift = components['schemas']['DriftResult']

/** What differs from the spec, and what could not be compared. */
export function driftLines({ missing, changed, additions, unreachable, problems, summary }: Drift): Line[] {
  if (isInSync(summary) && additions.length === 0) return [{ text: 'Everything is as the spec says.', hang: 2 }]
  return [
    ...missing.map(({ object }) => field(styleText('red', 'missing'), object)),
    ...changed.flatMap((one) => [field(styleText('yellow', 'changed'), one.object), ...differenceLines([one])]),
    ...additions.map(({ object, field: name }) => field('added', name === undefined ? object : `${object}: ${name}`)),
    ...[...unreachable, ...problems].flatMap(({ object, reason, action }) => [
      field(styleText('red', 'problem'), `${object}: ${reason}`),
      field('to do', action),
    ]),
  ]
}

/** Whether all was compared, and nothing differs. What others have added is no difference. */
export function isInSync({ differences, unreachable, problems }: Drift['summary']): boolean {
  return differences + unreachable + problems === 0
}
