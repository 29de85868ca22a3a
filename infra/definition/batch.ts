/**
 * Makes the state machine of batches. Its parts are the Maps of other workflows that have `InBatches`: each execution does one of them, with its
 * batch of the items, and puts out what each item has put out.
 */
import { type AslMachine, expression } from './asl.ts'
import { mapsInBatches, namingStates, partOf } from './batches.ts'
import { itemIndex } from './caught.ts'
import type { AslState, Machine, Workflow } from './source.ts'

/**
 * @param workflows by their names
 * @param aslOf turns a machine of a workflow into the Amazon States Language
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

/** Begins the part, with the variables that its steps need. */
function ruleOf(part: string, { InBatches = {} }: AslState): object {
  const names = ['operationId', 'from', 'items', ...Object.keys(InBatches)]
  return {
    Condition: expression(`$states.input.part = '${part}'`),
    Assign: Object.fromEntries(names.map((name) => [name, expression(`$states.input.${name}`)])),
    Next: part,
  }
}

/** Puts out what each item has put out. The workflow that has started it goes on with that. */
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
 * Names of states are unique in a state machine, so that those of a part get another name. Their steps are recorded by their own. The workloads of all
 * batches are counted, since what is kept of a failure depends on how many there may be before it.
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
