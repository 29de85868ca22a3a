import type { Machine, State } from '../../support/workflows/workflow-machine.ts'
import type { Answer, Scenario } from './scenario.ts'

/** A Task state of a state machine. */
export interface Task {
  readonly name: string
  readonly state: State
  /** The states beside it. */
  readonly machine: Machine
  readonly isInMap: boolean
}

/** A task, with the item that it is called for if it is in a Map. */
export interface CallSite {
  readonly task: Task
  readonly item: number
}

/** All tasks of a state machine, including those of branches and items. */
export function tasksOf(machine: Machine, isInMap = false): Task[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [{ name, state, machine, isInMap }] : []),
    ...(state.Branches ?? []).flatMap((branch) => tasksOf(branch, isInMap)),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor, true) : []),
  ])
}

/** The scenario with other answers to a task, and their meaning in its name. */
export function withAnswers(
  scenario: Scenario,
  { task, item }: CallSite,
  meaning: string,
  answers: readonly Answer[],
): Scenario {
  const own = task.isInMap ? { item, answers } : { answers }
  return {
    ...scenario,
    name: `${scenario.name}: ${task.name} ${meaning}`,
    answers: { ...scenario.answers, [task.name]: [own, ...(scenario.answers[task.name] ?? [])] },
  }
}

/** Whether the machine can call the task again after its result. */
export function isPolled({ name, machine }: Task): boolean {
  const seen = new Set<string>()
  const toVisit = successors(machine.States[name])
  for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
    if (next === name) return true
    if (seen.has(next)) continue
    seen.add(next)
    toVisit.push(...successors(machine.States[next]))
  }
  return false
}

/** Whether a Choice follows the task. */
export function isDecidedBy({ state, machine }: Task): boolean {
  return machine.States[state.Next ?? '']?.Type === 'Choice'
}

function successors(state: State | undefined): string[] {
  const all = [state?.Next, state?.Default, ...(state?.Choices ?? []).map(({ Next }) => Next)]
  return all.filter((name) => name !== undefined)
}
