import type { PlanResult, Step } from '../../client/api.ts'
import { differenceLines } from './difference-lines.ts'
import { field, type Line } from './line.ts'
import { wouldLine } from './operation-lines.ts'
import { styled } from './terminal-text.ts'

const outcomes: Readonly<Record<PlanResult['outcome'], string>> = {
  unchanged: 'A setup would write nothing.',
  changes: 'A setup would write this:',
  refused: 'A setup would be refused:',
  incomplete: 'Not everything could be checked, so there may be more than this:',
}

/**
 * What a setup would write, what it would wait for, and why it would fail. Also the additions of other owners, which it
 * would keep, and what is unknown.
 *
 * @param steps of the plan, with the trust policies of roles that a setup would create
 */
export function planLines(plan: PlanResult, steps: readonly Step[]): Line[] {
  const made = new Map(steps.flatMap(({ changes }) => changes.map((change) => [change.object, change.made])))
  return [
    { text: styled('bold', outcomes[plan.outcome]), hang: 2 },
    ...(plan.reason === undefined ? [] : [field('reason', plan.reason)]),
    ...plan.problems.flatMap((problem) => [
      field(styled('red', 'refused'), `${problem.object}: ${problem.reason}`),
      field('to do', problem.action),
    ]),
    ...plan.writes.flatMap((write) => [
      wouldLine(write),
      ...differenceLines([...trustPolicyOf(made.get(write.object)), ...(write.differences ?? [])]),
    ]),
    ...plan.unknown.map(({ object, reason }) => field('unknown', `${object}: ${reason}`)),
    ...(plan.waitingFor === undefined ? [] : [field('waits', plan.waitingFor)]),
    ...plan.additions.map(({ object, field: name }) =>
      field('kept', `${object}: ${name}, which another owner has added`),
    ),
  ]
}

/** The trust policy of a role that the setup would create. It shows which issuer the role would trust. */
function trustPolicyOf(made: Step['changes'][number]['made']) {
  return made?.trustPolicy === undefined ? [] : [{ field: 'trustPolicy', desired: made.trustPolicy }]
}
