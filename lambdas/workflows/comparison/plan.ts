/** The report of a plan: the changes that a setup of the same request would make now. */
import * as z from 'zod/mini'
import { description as checkCluster } from '../../cluster/check-cluster.step.ts'
import type { StepItem } from '../../operations/record/record.ts'
import { change } from '../../report/change.ts'
import { difference } from '../../report/difference.ts'
import { type ComparedRequest, comparedRequest } from '../../steps/compared-request.ts'
import {
  type ComparedStep,
  comparedSteps,
  failedComparison,
  failuresOfStep,
  objectsOf,
  reasonNotObserved,
} from './comparison.ts'

const write = z.extend(z.omit(change, { additions: true, made: true, refused: true }), {
  step: z.string().check(z.describe('The state of the setup that would make this write')),
  item: z.exactOptional(z.string().check(z.describe('namespace/account of the workload that the write is for'))),
})

const unknown = z.object({
  object: z.string(),
  reason: z.string().check(z.describe('Why it is not known yet whether a setup would write the object')),
})

export const planResult = z.object({
  outcome: z
    .enum(['unchanged', 'changes', 'refused', 'incomplete'])
    .check(
      z.describe(
        'unchanged: a setup would write nothing; changes: it would make the writes; refused: it would fail with the problems; incomplete: not everything could be checked, so there may be more writes and problems',
      ),
    ),
  reason: z.exactOptional(z.string().check(z.describe('Why the plan is incomplete'))),
  writes: z
    .array(write)
    .check(z.describe('What a setup would write after the `problems` are solved, in the order of the setup')),
  unknown: z.array(unknown),
  waitingFor: z.exactOptional(z.string().check(z.describe('What a setup would wait for before it continues'))),
  additions: z
    .array(z.extend(difference, { object: z.string() }))
    .check(z.describe('What others have added: a setup does not change it')),
  problems: z.array(failedComparison).check(z.describe('The errors with which a setup would fail')),
  summary: z.object({
    created: z.number(),
    updated: z.number(),
    adopted: z.number(),
    deleted: z.number(),
    unchanged: z.number(),
    temporary: z
      .number()
      .check(
        z.describe('Objects that a setup creates to test the webhook, and then removes. No other count includes them'),
      ),
    unknown: z.number(),
    problems: z.number(),
  }),
})

export type PlanResult = z.output<typeof planResult>

const afterCluster = 'known after the cluster is ready'

/** The reason for which a setup would wait although all facts of the cluster are known. For example, a person must act first. */
const waitsAfterFacts = z.pick(checkCluster.output, { waitsFor: true })

/** The report of a plan, from the records of the dry runs. */
export function planOf(request: unknown, steps: readonly StepItem[]): PlanResult {
  const parsed = comparedRequest.parse(request)
  const compared = comparedSteps(parsed, steps)
  const changes = writtenOnce(compared.flatMap(changesOf))
  const writes = changes.filter(({ action, refused }) => action !== 'unchanged' && !refused)
  const problems = compared.flatMap((step) => failuresOfStep(step, parsed))
  const unknowns = compared.flatMap((step) => unknownOf(step, parsed, compared))
  const checked = stepOf(compared, 'CheckCluster')?.recorded
  const waitsForFacts = checked?.waiting?.reason
  const waitingFor = waitsForFacts ?? waitsAfterFacts.parse(checked?.output ?? {}).waitsFor
  const incomplete = reasonIncomplete(compared, waitsForFacts)
  const staying = changes.filter(({ temporary, refused }) => !temporary && !refused)
  const count = (action: string) => staying.filter((change) => change.action === action).length
  const temporaryObjects = new Set(writes.filter(({ temporary }) => temporary).map(({ object }) => object))
  return {
    outcome: incomplete !== undefined ? 'incomplete' : outcomeOf({ problems, writes, unknowns }),
    ...(incomplete !== undefined && { reason: incomplete }),
    writes: writes.map(({ additions: _, made: __, refused: ___, ...rest }) => rest),
    unknown: unknowns,
    ...(waitingFor !== undefined && { waitingFor }),
    additions: changes.flatMap(({ object, additions = [] }) => additions.map((each) => ({ object, ...each }))),
    problems,
    summary: {
      created: count('created'),
      updated: count('updated'),
      adopted: count('adopted'),
      deleted: count('deleted'),
      unchanged: count('unchanged'),
      temporary: temporaryObjects.size,
      unknown: unknowns.length,
      problems: problems.length,
    },
  }
}

/**
 * Why the plan is incomplete; undefined when it is complete. Facts that are unknown only because the setup first
 * creates the cluster do not make the plan incomplete.
 */
function reasonIncomplete(compared: readonly ComparedStep[], waitsForFacts: string | undefined): string | undefined {
  const reasons = compared.flatMap((step) => reasonNotObserved(step) ?? [])
  const willBeCreated = stepOf(compared, 'ApplyCluster')?.changes.some(({ action }) => action === 'created') ?? false
  const all = waitsForFacts === undefined || willBeCreated ? reasons : [waitsForFacts, ...reasons]
  return all.length === 0 ? undefined : [...new Set(all)].join('; ')
}

function outcomeOf(lists: Readonly<Record<'problems' | 'writes' | 'unknowns', readonly unknown[]>>) {
  const { problems, writes, unknowns } = lists
  if (problems.length > 0) return 'refused'
  return writes.length > 0 || unknowns.length > 0 ? 'changes' : 'unchanged'
}

function changesOf({ state, item, changes }: ComparedStep) {
  return changes.map((each) => ({ step: state, ...(item !== undefined && { item }), ...each }))
}

/** Removes repeated writes, because the steps of several workloads in one namespace report the same write. */
function writtenOnce(changes: readonly ReturnType<typeof changesOf>[number][]) {
  const written = new Set<string>()
  return changes.filter((each) => {
    if (each.action === 'unchanged') return true
    const write = writeOf(each)
    const isFirst = !written.has(write)
    written.add(write)
    return isFirst
  })
}

/** A key for a write. Creations of the same object have the same key, even if their reported contents differ. */
function writeOf({ step, item: _, ...rest }: ReturnType<typeof changesOf>[number]): string {
  const { object, action } = rest
  return JSON.stringify(action === 'created' ? { object, action } : { step, ...rest })
}

/** The objects of a step that the plan did not reach; empty for any other step. */
function unknownOf(step: ComparedStep, request: ComparedRequest, all: readonly ComparedStep[]) {
  if (step.recorded) return []
  const reason = reasonNotReached(step, all)
  return objectsOf(step, request).map((object) => ({ object, reason }))
}

function reasonNotReached({ item }: ComparedStep, all: readonly ComparedStep[]): string {
  if (stepOf(all, 'CheckCluster')?.recorded?.status !== 'succeeded') return afterCluster
  const failed = all.find((step) => step.recorded?.status === 'failed' && (!step.item || step.item === item))
  return `known when ${failed?.state ?? 'an earlier step'} no longer fails`
}

function stepOf(all: readonly ComparedStep[], state: string): ComparedStep | undefined {
  return all.find((step) => step.state === state)
}
