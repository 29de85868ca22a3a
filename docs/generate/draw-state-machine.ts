/** Draws the state machines as docs/*.svg. */
import { instance } from '@viz-js/viz'
import * as z from 'zod/mini'
import { definitionOf } from '../../infra/definition/definition.ts'
import { stateMachineNames } from '../../infra/workflows.ts'
import { keep } from './page.ts'

const transition = z.object({ Next: z.optional(z.string()) })

interface Machine {
  StartAt: string
  States: Record<string, State>
}

interface State {
  Type: string
  Next?: string | undefined
  Default?: string | undefined
  Choices?: { Next?: string | undefined }[] | undefined
  Catch?: { Next?: string | undefined }[] | undefined
  Branches?: Machine[] | undefined
  ItemProcessor?: Machine | undefined
}

const machine: z.ZodMiniType<Machine> = z.lazy(() =>
  z.object({ StartAt: z.string(), States: z.record(z.string(), state) }),
)

const state: z.ZodMiniType<State> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Next: z.optional(z.string()),
    Default: z.optional(z.string()),
    Choices: z.optional(z.array(transition)),
    Catch: z.optional(z.array(transition)),
    Branches: z.optional(z.array(machine)),
    ItemProcessor: z.optional(machine),
  }),
)

const styles: Record<string, string> = {
  Task: 'shape=box, fillcolor="#e8f1fb", color="#3b75af"',
  Choice: 'shape=diamond, fillcolor="#fdf3dc", color="#b98a1f", height=0.5',
  Wait: 'shape=box, fillcolor="#f3ecfa", color="#7d57a8"',
  Pass: 'shape=box, fillcolor="#f5f5f5", color="#9a9a9a"',
  Fail: 'shape=box, fillcolor="#fbe6e6", color="#b03a3a"',
  Succeed: 'shape=box, fillcolor="#e6f5e9", color="#3a8a50"',
}

/** A state machine in the DOT language (https://graphviz.org/doc/info/lang.html). */
function dotOf(root: Machine): string {
  const borders = bordersOf(root)
  return `digraph {
  graph [compound=true, fontname="Helvetica", fontsize=11, nodesep=0.35, ranksep=0.35]
  node [fontname="Helvetica", fontsize=11, style="rounded,filled", margin="0.14,0.06"]
  edge [color="#555555", arrowsize=0.7]
${nodesOf(root)}
${transitionsOf(root)
  .map((each) => edgeOf(each, borders))
  .join('\n')}
}`
}

function nodesOf({ States }: Machine): string {
  return Object.entries(States)
    .map(([name, described]) => nodeOf(name, described))
    .join('\n')
}

function nodeOf(name: string, described: State): string {
  const inner = innerMachines(described)
  if (inner.length === 0) return `"${name}" [${styles[described.Type] ?? ''}]`
  return `subgraph "cluster_${name}" {
    label="${name}\\n${titleOf(described)}"; style="rounded,dashed"; color="#8a8a8a"
    ${inner.map(nodesOf).join('\n')}
  }`
}

function titleOf({ Type }: State): string {
  return Type === 'Map' ? 'for each workload' : 'at the same time'
}

function innerMachines(described: State): Machine[] {
  return [...(described.Branches ?? []), ...(described.ItemProcessor ? [described.ItemProcessor] : [])]
}

interface Transition {
  readonly from: string
  readonly to: string
  /** True for the transition of a Catch. */
  readonly caught: boolean
  /** True for a transition of a run without failures and waits. */
  readonly main: boolean
}

function transitionsOf({ States }: Machine): Transition[] {
  return Object.entries(States).flatMap(([from, described]) => {
    const next = distinct([described.Next, described.Default, ...(described.Choices ?? []).map(({ Next }) => Next)])
    // After some failures a run continues normally. One arrow suffices.
    const caught = distinct((described.Catch ?? []).map(({ Next }) => Next)).filter((to) => !next.includes(to))
    return [
      ...next.map((to) => ({ from, to, caught: false, main: isOnMainWay(described) && isOnMainWay(States[to]) })),
      ...caught.map((to) => ({ from, to, caught: true, main: false })),
      ...innerMachines(described).flatMap(transitionsOf),
    ]
  })
}

function isOnMainWay(described: State | undefined): boolean {
  return described?.Type !== 'Wait' && described?.Type !== 'Fail'
}

function distinct(names: (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))]
}

/**
 * The first and the last state in a Parallel or a Map. DOT draws edges only between nodes, so an edge of the border
 * becomes an edge of one of these states.
 */
interface Border {
  readonly first: string
  readonly last: string
}

function bordersOf({ States }: Machine): Map<string, Border> {
  const found = new Map<string, Border>()
  for (const [name, described] of Object.entries(States)) {
    const inner = innerMachines(described)
    for (const machineInside of inner) for (const entry of bordersOf(machineInside)) found.set(...entry)
    const [outer] = inner
    if (outer) found.set(name, { first: firstState(outer), last: lastState(outer) })
  }
  return found
}

function firstState({ StartAt, States }: Machine): string {
  const [inner] = innerMachines(States[StartAt] ?? { Type: '' })
  return inner ? firstState(inner) : StartAt
}

function lastState({ StartAt, States }: Machine): string {
  const [name, described] = Object.entries(States).at(-1) ?? [StartAt, { Type: '' }]
  const [inner] = innerMachines(described)
  return inner ? lastState(inner) : name
}

function edgeOf({ from, to, caught, main }: Transition, borders: Map<string, Border>): string {
  const [start, end] = [borders.get(from), borders.get(to)]
  const attributes = [
    ...(main ? ['weight=5'] : []),
    ...(caught ? ['style=dashed', 'color="#b03a3a"'] : []),
    ...(start ? [`ltail="cluster_${from}"`] : []),
    ...(end ? [`lhead="cluster_${to}"`] : []),
  ]
  return `"${start?.last ?? from}" -> "${end?.first ?? to}" [${attributes.join(', ')}]`
}

async function draw(workflow: string): Promise<string> {
  const root = machine.parse(definitionOf(workflow))
  const viz = await instance()
  return viz.renderString(dotOf(root), { format: 'svg' })
}

for (const name of stateMachineNames) keep(`docs/${name}.svg`, await draw(name), 'npm run docs')
