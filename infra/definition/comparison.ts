/**
 * Makes the workflow of plans and drifts from the setup. It has the setup's steps with InPlans, in the same order. Each
 * step is a dry run. The failure of a step is added to a list, and the other steps still run.
 */
import { expression } from './asl.ts'
import { caughtByCatch, causeLength } from './caught.ts'
import {
  type AslState,
  type Catcher,
  type Choice,
  innerMachines,
  isStep,
  type Machine,
  type State,
  type Step,
  type Template,
  type Workflow,
} from './source.ts'

type States = Readonly<Record<string, State>>

/** Characters of a cause to store. */
const mostOfCause = 1000

/**
 * A part of the workflow that has its own list of failures. Each branch and each Map iteration needs one, because an
 * inner scope may not assign a variable of an outer scope.
 */
interface Scope {
  /** The variable with the list. */
  readonly list: string
  /** Name of the state that initializes the list. */
  readonly begin: string
  /** Name of the last state. It gets the list. */
  readonly end: string
}

/** A dry run of the setup. The last step gets the failures: `[{ state, item, error, cause }]`. */
export function comparisonOf(setup: Workflow): Workflow {
  // The name is not `failures`, because states of the setup that remain here assign a variable of that name.
  const scope = { list: 'notCompared', begin: 'BeginComparison', end: 'RecordComparison' }
  const known = 'Execution.Input.request.known'
  const RecordComparison: Step = {
    Type: 'Step',
    Input: { failures: `$${scope.list}`, scheduled: '$states.context.Execution.Input.request.scheduled' },
    End: true,
  }
  return {
    Comment:
      'Reports what a setup would do (a plan), or what differs from the spec (a drift). It runs the steps of a setup, which change nothing. Input: { operationId, request }, the request validated and complete; for a drift with what is known of the cluster.',
    TimeoutSeconds: 3600,
    Defaults: setup.Defaults,
    ...comparedMachine(setup, {
      scope,
      opening: { known: expression(`$exists($states.context.${known}) ? $states.context.${known} : {}`) },
      closing: RecordComparison,
      polled: pollVariables(setup),
    }),
  }
}

interface Around {
  readonly scope: Scope
  readonly opening: Template
  readonly closing: State
  /** Variables that only polls read. */
  readonly polled: ReadonlySet<string>
}

function comparedMachine(machine: Machine, { scope, opening, closing, polled }: Around): Machine {
  const next = (target: string | undefined) => nextCompared(target, machine.States) ?? scope.end
  const entered = targetsFrom(machine.StartAt, machine.States)
  const returns = (from: string, to: string) => targetsFrom(from, machine.States).has(to)
  const states = Object.entries(machine.States).flatMap(([name, state]) =>
    entered.has(name) && nextCompared(name, machine.States) === name
      ? Object.entries(comparedStates(name, state, { scope, polled, next, returns }))
      : [],
  )
  const begin: State = { Type: 'Pass', Assign: { ...opening, [scope.list]: [] }, Next: next(machine.StartAt) }
  return {
    StartAt: scope.begin,
    States: { [scope.begin]: begin, ...Object.fromEntries(states), [scope.end]: closing },
  }
}

/** The state itself, and every state that can follow it while no step fails. */
function targetsFrom(name: string, states: States, found = new Set<string>()): ReadonlySet<string> {
  const state = states[name]
  if (!state || found.has(name)) return found
  found.add(name)
  for (const target of targetsOf(state)) if (target !== undefined) targetsFrom(target, states, found)
  return found
}

function targetsOf(state: State): readonly (string | undefined)[] {
  return isStep(state) ? [state.Next] : [state.Next, state.Default, ...nextOfChoices(state)]
}

interface Place {
  readonly scope: Scope
  readonly polled: ReadonlySet<string>
  /** The state with which the plan continues where the setup continues with `target`. */
  readonly next: (target: string | undefined) => string
  /** Whether the setup can get from the state `from` to the state `to`. */
  readonly returns: (from: string, to: string) => boolean
}

function comparedStates(name: string, state: State, place: Place): States {
  if (isStep(state)) return stepStates(name, state, place)
  if (state.Branches ?? state.ItemProcessor) return containerStates(name, state, place)
  if (state.Type === 'Choice') return { [name]: choiceState(name, state, place) }
  const { Assign = {}, ...rest } = state
  return { [name]: { ...rest, ...assigning(without(place.polled, Assign)), Next: place.next(state.Next) } }
}

/** Omits the choices that lead back to this state, because a plan calls each step once. */
function choiceState(name: string, { Choices = [], Default, ...rest }: AslState, { next, returns }: Place): State {
  const onward = Choices.filter((choice) => !returns(choice.Next, name))
  return { ...rest, Choices: onward.map((choice) => ({ ...choice, Next: next(choice.Next) })), Default: next(Default) }
}

/** Each branch and each Map iteration returns its own list of failures. The state after them joins the lists. */
function containerStates(name: string, state: AslState, { scope, polled, next }: Place): States {
  const { Branches, ItemProcessor, InBatches, InPlans, Output: _, End: __, ...rest } = state
  const gather = `Gather${name}`
  return {
    [name]: {
      ...rest,
      ...(Branches && { Branches: Branches.filter(hasCompared).map((branch) => innerMachine(branch, polled)) }),
      ...(ItemProcessor && { ItemProcessor: innerMachine(ItemProcessor, polled) }),
      ...(InBatches && { InBatches: { ...InBatches, ...InPlans?.InBatches } }),
      Next: gather,
    },
    [gather]: {
      Type: 'Pass',
      Assign: { [scope.list]: expression(`[$${scope.list}, $states.input.notCompared]`) },
      Next: next(state.Next),
    },
  }
}

function innerMachine(machine: Machine, polled: ReadonlySet<string>): Machine {
  const first = machine.StartAt
  const list = `${first.charAt(0).toLowerCase()}${first.slice(1)}Failures`
  const closing: State = { Type: 'Pass', Output: { notCompared: expression(`$${list}`) }, End: true }
  const scope = { list, begin: `Begin${first}`, end: `End${first}` }
  return { ...machine, ...comparedMachine(machine, { scope, opening: {}, closing, polled }) }
}

/** Calls a step once, without polling. If it fails or is not ready, later states get its last known values. */
function stepStates(name: string, step: Step, place: Place): States {
  const { InPlans, Poll, Assign = {}, Output: _, End: __, ...rest } = step
  const { scope, polled, next } = place
  const isKnown = InPlans?.Known !== undefined
  const known = `${name}Known`
  const observation = Poll && isKnown ? `${Poll.Of}Observation` : undefined
  const assign = without(polled, Assign)
  const caught: Catcher = {
    ErrorEquals: ['States.ALL'],
    Assign: {
      ...withoutResult(assign),
      [scope.list]: expression(`[$${scope.list}, ${caughtByCatch(step.Item, causeLength(step.Item, mostOfCause))}]`),
      ...(observation !== undefined && { [observation]: { ready: false } }),
    },
    Next: isKnown ? known : next(step.Next),
  }
  return {
    [name]: {
      ...rest,
      DryRun: true,
      Retry: 'observation',
      ...assigning({ ...(observation !== undefined && { [observation]: '{% $states.result.Payload %}' }), ...assign }),
      Catch: [caught],
      Next: observation === undefined ? next(step.Next) : known,
    },
    ...(isKnown && { [known]: knownState(step, observation, place) }),
  }
}

/**
 * Continues with the recorded values from a drift's input. The scope ends when a value is missing, because later steps
 * need all values.
 */
function knownState({ InPlans, Next }: Step, observation: string | undefined, { scope, next }: Place): State {
  const { Known = {}, UnlessError = [] } = InPlans ?? {}
  const conditions = [
    ...Object.values(Known).map((value) => `$exists(${value})`),
    ...(UnlessError.length > 0 ? [`$not($${scope.list}[-1].error in ['${UnlessError.join("', '")}'])`] : []),
  ]
  const ready: Choice[] = observation === undefined ? [] : [{ Condition: `$${observation}.ready`, Next: next(Next) }]
  const Assign = Object.fromEntries(Object.entries(Known).map(([name, value]) => [name, expression(value)]))
  return {
    Type: 'Choice',
    Choices: [...ready, { Condition: conditions.join(' and '), Assign, Next: next(Next) }],
    Default: scope.end,
  }
}

/** This state, or the first state after it that a plan contains. Plans skip waits and steps without InPlans. */
function nextCompared(target: string | undefined, states: States): string | undefined {
  const state = target === undefined ? undefined : states[target]
  if (!state || !leadsToCompared(target, states)) return undefined
  if (isStep(state)) return state.InPlans ? target : nextCompared(state.Next, states)
  return state.Type === 'Wait' || isEmptyContainer(state) ? nextCompared(state.Next, states) : target
}

/** Whether this state, or one after it, is or contains a step that plans run. */
function leadsToCompared(target: string | undefined, states: States, seen: ReadonlySet<string> = new Set()): boolean {
  const state = target === undefined ? undefined : states[target]
  if (target === undefined || !state || seen.has(target)) return false
  if (isStep(state) ? state.InPlans : innerMachines(state).some(hasCompared)) return true
  return targetsOf(state).some((each) => leadsToCompared(each, states, new Set([...seen, target])))
}

function nextOfChoices({ Choices = [] }: AslState): string[] {
  return Choices.map(({ Next }) => Next)
}

function isEmptyContainer(state: AslState): boolean {
  const inner = innerMachines(state)
  return inner.length > 0 && !inner.some(hasCompared)
}

function hasCompared({ StartAt, States }: Machine): boolean {
  return leadsToCompared(StartAt, States)
}

function pollVariables({ States }: Machine): ReadonlySet<string> {
  const own = Object.values(States).flatMap((state) => {
    if (!isStep(state)) return innerMachines(state).flatMap((machine) => [...pollVariables(machine)])
    return state.Poll ? [`${state.Poll.Of}Polls`, `${state.Poll.Of}Deadline`] : []
  })
  return new Set(own)
}

function without(names: ReadonlySet<string>, assign: Template): Template {
  return Object.fromEntries(Object.entries(assign).filter(([name]) => !names.has(name)))
}

/** The variables that a failed step can still assign: their expressions do not read the step's result. */
function withoutResult(assign: Template): Template {
  const isOfResult = (value: unknown) => JSON.stringify(value).includes('$states.result')
  return Object.fromEntries(Object.entries(assign).filter(([, value]) => !isOfResult(value)))
}

function assigning(assign: Template): { readonly Assign?: Template } {
  return Object.keys(assign).length === 0 ? {} : { Assign: assign }
}
