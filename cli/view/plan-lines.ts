import type { components } from '../api/types.ts'
import { differenceLines } from './difference-lines.ts'
import { field, type Line } from './line.ts'
import { wouldLine } from './operation-lines.ts'
import { styled } from './terminal-text.ts'

type Plan = components['schemas']['PlanResult']

const outcomes: Readonly<Record<Plan['outcome'], string>> = {
  unchanged: 'A setup would write nothing.',
  changes: 'A setup would write this:',
  refused: 'A setup would be refused:',
  incomplete: 'Not everything could be looked at, so there may be more than this:',
}

/** What a setup would write, wait for, leave and fail with. */
export function planLines(plan: Plan): Line[] {
  return [
    { text: styled('bold', outcomes[plan.outcome]), hang: 2 },
    ...(plan.reason === undefined ? [] : [field('reason', plan.reason)]),
    ...plan.problems.flatMap((problem) => [
      field(styled('red', 'refused'), `${problem.object}: ${problem.reason}`),
      field('to do', problem.action),
    ]),
    ...plan.writes.flatMap((write) => [wouldLine(write), ...differenceLines(write.differences ?? [])]),
    ...plan.unknown.map(({ object, reason }) => field('later', `${object}: ${reason}`)),
    ...(plan.waitingFor === undefined ? [] : [field('waits', plan.waitingFor)]),
    ...plan.additions.map(({ object, field: name }) => field('left', `${object}: ${name}, which somebody has added`)),
  ]
}
