/**
 * Makes the state machine of batches. It contains each Map with `InBatches` of the other workflows as one part. Each
 * execution runs one part on a batch of items, and outputs the result of each item.
 */
import { type AslMachine, expression } from './asl.ts'
import { mapsInBatches, namingStates, partOf } from './batches.ts'
import { itemIndex } from './caught.ts'
import type { AslState, Machine, Workflow } from './source.ts'

/**
 * @param workflows by name
 * @param aslOf converts a machine of a workflow to the Amazon States Language
 */
export function batchOf(
  workflows: ReadonlyMap<string, Workflow>,
  aslOf: (machine: Machine, workflow: Workflow) => AslMachine,
): AslMachine {
  const parts = [...workflows].flatMap(([name, workflow]) =>
    mapsInBatches(workflow).map(([map, state]) => {
      const machine = aslOf({ StartAt: map, States: { [map]: ofBatch(state) } }, workflow)
      return { rule: ruleOf(partOf(name, map), state), states: renamed(machine, (state) => partOf(name, state)).States }
    }),
  )
  return {
    StartAt: 'Part',
    States: Object.assign(
      { Part: { Type: 'Choice', Choices: parts.map(({ rule }) => rule) } },
      ...parts.map(({ states }) => states),
    ),
  }
}

/** The choice that assigns the variables that the steps of a part need, and then starts the part. */
function ruleOf(part: string, { InBatches = {} }: AslState): object {
  const names = ['operationId', 'from', 'items', ...Object.keys(InBatches)]
  return {
    Condition: expression(`$states.input.part = '${part}'`),
    Assign: Object.fromEntries(names.map((name) => [name, expression(`$states.input.${name}`)])),
    Next: part,
  }
}

/** Outputs the result of each item. The workflow that started the batch continues with these results. */
function ofBatch({
  InBatches: _,
  InPlans: __,
  ItemSelector: ___,
  Assign: ____,
  Output: _____,
  Next: ______,
  ...map
}: AslState): AslState {
  return { ...map, Items: '{% $items %}', End: true }
}

/**
 * State names are unique in a state machine, so the states of a part get other names. The record uses their original
 * names. The index of a workload counts across all batches, because it determines how much of a failure's cause is
 * stored (`causeLength`).
 */
function renamed(machine: AslMachine, rename: (state: string) => string): AslMachine {
  const counted = JSON.stringify(machine).replaceAll(itemIndex, `($from + ${itemIndex})`)
  return JSON.parse(counted, (key, value) => {
    if (namingStates.includes(key)) return rename(value)
    if (key !== 'States') return value
    return Object.fromEntries(Object.entries(value).map(([name, state]) => [rename(name), withOwnName(state, name)]))
  })
}

function withOwnName(state: unknown, name: string): unknown {
  return JSON.parse(JSON.stringify(state).replaceAll('$states.context.State.Name', () => `'${name}'`))
}
