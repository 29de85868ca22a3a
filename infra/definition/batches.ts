/**
 * Adds an alternative to each Map with `InBatches`: a workflow with many workloads starts an execution for each batch
 * of workloads, and continues with the outputs. infra/definition/batch.ts makes the state machine of these executions.
 */
import { pascalCase } from '../workflows.ts'
import { bareExpression, expression, objectExpression, placeholder } from './asl.ts'
import { type AslState, innerMachines, isStep, type Machine, type State, type Workflow } from './source.ts'

/** Workloads per execution. With more, failing steps could produce more than 15,000 events. */
export const batchSize = 40

/** Maximum size of a batch: its number of workloads times the characters of its largest one. A state holds 256 KiB. */
const mostCharacters = 96_000

const many = `$count($request.workloads) + $count($request.removed) > ${batchSize}`

/** The fields that hold state names. */
export const namingStates: readonly string[] = ['StartAt', 'Next', 'Default']

interface Batched {
  readonly workflow: string
  /** Whether the workflow lists a failed batch among its failures and continues. Otherwise the workflow fails. */
  readonly goesOn: boolean
}

/** Puts a Choice before each Map with `InBatches`. With many workloads, the Choice leads to a Map of batches. */
export function withBatches(workflow: Workflow, batched: Batched): Workflow {
  const names = mapsInBatches(workflow).map(([name]) => name)
  const redirected: Workflow = JSON.parse(JSON.stringify(workflow), (key, value) =>
    namingStates.includes(key) && names.includes(value) ? `Many${value}` : value,
  )
  return { ...redirected, States: statesWithBatches(redirected, batched) }
}

/** The Maps with `InBatches`, with their names. */
export function mapsInBatches({ States }: Machine): [string, AslState][] {
  return Object.entries(States).flatMap(([name, state]): [string, AslState][] => {
    if (isStep(state)) return []
    return state.InBatches ? [[name, state]] : innerMachines(state).flatMap(mapsInBatches)
  })
}

/** The name of a workflow's Map among the parts of the state machine of batches. */
export function partOf(workflow: string, map: string): string {
  return `${pascalCase(workflow)}${map}`
}

function statesWithBatches({ States }: Machine, batched: Batched): Machine['States'] {
  const states = Object.entries(States).flatMap(([name, state]): [string, State][] => {
    if (isStep(state)) return [[name, state]]
    const { InBatches, InPlans: _, ...rest } = state
    if (!InBatches) return [[name, withInnerBatches(state, batched)]]
    const batches = `${name}InBatches`
    return [
      [`Many${name}`, { Type: 'Choice', Choices: [{ Condition: many, Next: batches }], Default: name }],
      [batches, mapOfBatches(name, state, batched)],
      [name, rest],
    ]
  })
  return Object.fromEntries(states)
}

function withInnerBatches({ Branches, ItemProcessor, ...state }: AslState, batched: Batched): AslState {
  const inner = (machine: Machine) => ({ ...machine, States: statesWithBatches(machine, batched) })
  return {
    ...state,
    ...(Branches && { Branches: Branches.map(inner) }),
    ...(ItemProcessor && { ItemProcessor: inner(ItemProcessor) }),
  }
}

/** Batches run one after another, so that concurrency stays the same as in one execution. */
function mapOfBatches(name: string, map: AslState, batched: Batched): AslState {
  const { InBatches: _, InPlans: __, ItemSelector: ___, ...rest } = map
  const task = `BatchOf${name}`
  const failed: State = { Type: 'Pass', Output: "{% {'failed': $batchFailed} %}", End: true }
  return {
    ...rest,
    Items: expression(batchesOfItems(map)),
    MaxConcurrency: 1,
    ItemProcessor: {
      StartAt: task,
      States: { [task]: executionOf(name, map, batched), ...(batched.goesOn && { [`${task}Failed`]: failed }) },
    },
  }
}

/**
 * JSONata for the indexes of the first and last item of each batch. One large item makes all batches smaller. With an
 * `ItemSelector`, the largest workload of the request sets the size, because selecting all items takes quadratic time.
 */
function batchesOfItems({ Items, ItemSelector }: AslState): string {
  const sized = ItemSelector ? '$request.workloads' : '$all'
  const size = `$max([1, $min([${batchSize}, $floor(${mostCharacters} / $max(${sized}.$length($string($))))])])`
  const batches = "[[0..$ceil($count($all) / $size) - 1].{'from': $ * $size, 'to': ($ + 1) * $size - 1}]"
  return `($all := ${bareExpression(String(Items))}; $size := ${size}; ${batches})`
}

/** The Task that starts the execution of a batch and waits for its end. */
function executionOf(name: string, map: AslState, { workflow, goesOn }: Batched): AslState {
  const input = objectExpression({
    part: `'${partOf(workflow, name)}'`,
    operationId: '$operationId',
    from: '$states.input.from',
    items: '$items',
    ...map.InBatches,
  })
  const Catch = [
    { ErrorEquals: ['States.ALL'], Assign: { batchFailed: expression(failure) }, Next: `BatchOf${name}Failed` },
  ]
  return {
    Type: 'Task',
    Resource: `arn:${placeholder('Partition')}:states:::states:startExecution.sync:2`,
    Arguments: {
      StateMachineArn: placeholder('BatchStateMachineArn'),
      // While the execution with this name runs, a retried start returns it.
      // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
      Name: expression(`$operationId & '-${name}-' & $states.input.from`),
      Input: expression(`($items := ${itemsOf(map, '[[$states.input.from..$states.input.to]]')}; ${input})`),
    },
    Retry: 'execution',
    Output: '{% $states.result.Output %}',
    ...(goesOn && { Catch }),
    End: true,
  }
}

const failure = objectExpression({
  state: '$states.context.State.Name',
  error: '$states.errorOutput.Error',
  cause: "$substring('' & $states.errorOutput.Cause, 0, 600)",
})

/** JSONata for a range of a Map's items, each in the form that its steps receive. */
function itemsOf({ Items, ItemSelector }: AslState, part: string): string {
  const all = `$all := ${bareExpression(String(Items))}`
  if (!ItemSelector) return `(${all}; [$all${part}])`
  const fields = Object.entries(ItemSelector).map(([field, value]) => {
    return [field, String(bareExpression(value)).replaceAll('$states.context.Map.Item.Value', () => '$value')]
  })
  return `(${all}; [$map($all${part}, function($value) { ${objectExpression(Object.fromEntries(fields))} })])`
}
