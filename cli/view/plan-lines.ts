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
 * would keep, and what is unknown. Only counts temporary objects.
 *
 * @param steps of the plan, with the trust policies of roles that a setup would create
 */
export function planLines(plan: PlanResult, steps: readonly Step[]): Line[] {
  const made = new Map(steps.flatMap(({ changes }) => changes.map((change) => [change.object, change.made])))
  const waits = partsOf(plan.waitingFor)
  return [
    { text: styled('bold', outcomeOf(plan)), hang: 2 },
    ...fields(
      'reason',
      partsOf(plan.reason).filter((part) => !waits.includes(part)),
    ),
    ...plan.problems.flatMap((problem) => [
      field(styled('red', 'refused'), `${problem.object}: ${problem.reason}`),
      field('to do', problem.action),
    ]),
    ...plan.writes
      .filter(({ temporary }) => !temporary)
      .flatMap((write) => [
        wouldLine(write),
        ...differenceLines([...trustPolicyOf(made.get(write.object)), ...(write.differences ?? [])]),
      ]),
    ...totalLines(plan.summary),
    ...plan.unknown.map(({ object, reason }) => field('unknown', `${object}: ${reason}`)),
    ...fields('waits', waits),
    ...plan.additions.map(({ object, field: name }) =>
      field('kept', `${object}: ${name}, which another owner has added`),
    ),
  ]
}

function outcomeOf({ outcome, writes, unknown }: PlanResult): string {
  const isOnlyTemporary = writes.every(({ temporary }) => temporary) && unknown.length === 0
  return outcome === 'changes' && isOnlyTemporary ? 'A setup would change nothing that stays.' : outcomes[outcome]
}

/** "18 to create, 2 to change", and the number of objects that are gone at the end. */
function totalLines({ created, updated, adopted, deleted, temporary }: PlanResult['summary']): Line[] {
  const counts = Object.entries({ create: created, change: updated, adopt: adopted, delete: deleted })
  const total = counts.flatMap(([verb, count]) => (count === 0 ? [] : [`${count} to ${verb}`])).join(', ')
  const objects = temporary === 1 ? '1 object' : `${temporary} objects`
  return [
    ...(total === '' ? [] : [field('total', total)]),
    ...(temporary === 0 ? [] : [field('temporary', `${objects} to test the webhook, which the setup deletes again`)]),
  ]
}

/** The API joins reasons to one text. */
function partsOf(reasons: string | undefined): string[] {
  return reasons?.split('; ') ?? []
}

function fields(name: string, values: readonly string[]): Line[] {
  return values.map((value, index) => field(index === 0 ? name : '', value))
}

/** The trust policy of a role that the setup would create. It shows which issuer the role would trust. */
function trustPolicyOf(made: Step['changes'][number]['made']) {
  return made?.trustPolicy === undefined ? [] : [{ field: 'trustPolicy', desired: made.trustPolicy }]
}
