/**
 * Runs the workflows on three engines: the interpreter of the tests with the reference implementation of JSONata, and
 * with jsonata-python moto's parser (LocalStack's) and the sandbox's patched MiniStack.
 */
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { python } from '../support/python.ts'
import { definitionText, workflowNames } from '../support/workflows/definitions.ts'
import { expressionIn } from '../support/workflows/workflow-expressions.ts'
import { type Machine, machine } from '../support/workflows/workflow-machine.ts'
import { statesOf } from '../support/workflows/workflow-parts.ts'
import { describeDifference, firstDifference } from './engines/first-difference.ts'
import { type Interleaving, interleavings } from './engines/interleavings.ts'
import { knownDifferencesOfMoto } from './engines/known-differences.ts'
import { languageCases, scenarioOf } from './engines/language.ts'
import { runOnInterpreter } from './engines/on-interpreter.ts'
import { runOnPython } from './engines/on-python.ts'
import type { Outcome, Scenario } from './engines/scenario.ts'
import { starts } from './engines/starts.ts'
import { successfulRuns } from './engines/successful-runs.ts'
import { taskScenarios } from './engines/task-scenarios.ts'
import { pythonProgram } from './install/python-packages.ts'

const definitions: Readonly<Record<string, unknown>> = Object.fromEntries([
  ...workflowNames.map((name) => [name, JSON.parse(definitionText(name))]),
  ...languageCases.map(({ name, definition }) => [name, { QueryLanguage: 'JSONata', ...definition }]),
])
const cases = new Map(languageCases.map((each) => [each.name, scenarioOf(each)]))
const definitionOf = (name: string): Machine => machine.parse(definitions[name])

/** For each patch of moto, a case that fails without it. */
const patchesOfMoto = {
  jsonata: 'items and branches have separate variables',
  error_names: 'a Parallel and a Map pass on the errors of the language',
  clock: 'a retry of a Parallel repeats all branches',
  retries: 'a retrier without attempts ends the retries',
}
const unpatched: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(patchesOfMoto).map(([patch, name]) => [patch, { ...languageScenario(name), without: [patch] }]),
)

const generated = new Map<string, { readonly tasks: readonly Scenario[]; readonly ordered: readonly Interleaving[] }>()
const ours = new Map<Scenario, Outcome>()
const onMoto = new Map<Scenario, Outcome>()
const onMinistack = new Map<Scenario, Outcome>()

beforeAll(async () => {
  for (const name of workflowNames) {
    const definition = definitionOf(name)
    const successful = await successfulRuns(name, definition, starts[name])
    generated.set(name, {
      tasks: [...successful.map(({ scenario }) => scenario), ...(await taskScenarios(definition, successful))],
      ordered: interleavings(definition, successful),
    })
  }
  const all = [...workflowNames.flatMap(scenariosOf), ...cases.values()]
  console.info(`${all.length} scenarios`)
  for (const scenario of all) ours.set(scenario, await runOnInterpreter(definitionOf(scenario.machine), scenario))
  const moto = { python: pythonProgram('python'), module: 'on_moto' }
  const half = Math.ceil(all.length / 2)
  await Promise.all([
    runAll(onMoto, all.slice(0, half), moto),
    runAll(onMoto, [...all.slice(half), ...Object.values(unpatched)], moto),
    runAll(onMinistack, all, { python, module: 'on_ministack' }),
  ])
}, 240_000)

describe.each(workflowNames)('%s', (workflow) => {
  test('enters each of its states in some scenario', () => {
    const entered = new Set(scenariosOf(workflow).flatMap((scenario) => outcome(ours, scenario).entered))
    const states = statesOf(definitionOf(workflow)).map(([name]) => name)
    expect(states.filter((name) => !entered.has(name))).toEqual([])
  })

  test('evaluates each of its expressions in some scenario', () => {
    const evaluated = new Set(scenariosOf(workflow).flatMap((scenario) => outcome(ours, scenario).evaluated ?? []))
    expect(expressionsOf(definitionOf(workflow)).filter((expression) => !evaluated.has(expression))).toEqual([])
  })

  test('does the same on moto in every scenario', () => {
    expect(differences(scenariosOf(workflow), onMoto, 'moto')).toEqual([])
  })

  test("does the same on the sandbox's engine in every scenario", () => {
    expect(differences(scenariosOf(workflow), onMinistack, 'MiniStack')).toEqual([])
  })
})

test('the end and the calls of a workflow do not depend on which failure happens first', () => {
  const depends = workflowNames.map((workflow) => [workflow, dependentParts(workflow)])
  // Workflows collect the failures of branches and items in a fixed order, except that a plan or a drift ends with the first batch that fails.
  const first: Readonly<Record<string, readonly string[]>> = { compare: ['error', 'cause', 'calls'] }
  expect(depends).toEqual(workflowNames.map((workflow) => [workflow, first[workflow] ?? []]))
})

describe('the language', () => {
  test.each(languageCases.map(({ name, page }) => [name, page]))("on the sandbox's engine: %s (%s)", (name) => {
    expect(differences([languageScenario(name)], onMinistack, 'MiniStack')).toEqual([])
  })

  test('differs on moto exactly in the known cases', () => {
    const differing = [...cases.values()].filter((scenario) =>
      firstDifference(outcome(ours, scenario), outcome(onMoto, scenario)),
    )
    expect(differing.map(({ name }) => name).sort()).toEqual(Object.keys(knownDifferencesOfMoto).sort())
  })

  test.each(Object.entries(patchesOfMoto))('needs the patch %s on moto', (patch, name) => {
    const [scenario, without] = [languageScenario(name), unpatched[patch]]
    if (!without) throw new Error(`${patch} has no scenario`)
    expect(firstDifference(outcome(ours, scenario), outcome(onMoto, without))).toBeDefined()
  })
})

function languageScenario(name: string): Scenario {
  const observed = cases.get(name)
  if (!observed) throw new Error(`there is no case of the language "${name}"`)
  return observed
}

function scenariosOf(workflow: string): Scenario[] {
  const { tasks = [], ordered = [] } = generated.get(workflow) ?? {}
  return [...tasks, ...ordered.flatMap(({ orders }) => orders)]
}

/** "STATE: EXPRESSION" for each field with an expression. */
function expressionsOf(definition: Machine): string[] {
  return statesOf(definition).flatMap(([name, { Branches: _, ItemProcessor: __, ...fields }]) =>
    expressionsIn(fields).map((expression) => `${name}: ${expression}`),
  )
}

function expressionsIn(value: unknown): string[] {
  if (typeof value === 'string') return [expressionIn(value) ?? []].flat()
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : []
}

async function runAll(
  outcomes: Map<Scenario, Outcome>,
  scenarios: readonly Scenario[],
  engine: Parameters<typeof runOnPython>[0],
): Promise<void> {
  const observed = await runOnPython(engine, definitions, scenarios)
  for (const [index, scenario] of scenarios.entries()) {
    const one = observed[index]
    if (one) outcomes.set(scenario, one)
  }
}

function outcome(outcomes: ReadonlyMap<Scenario, Outcome>, scenario: Scenario): Outcome {
  const observed = outcomes.get(scenario)
  if (!observed) throw new Error(`${scenario.machine}, ${scenario.name} was not run`)
  return observed
}

/** Descriptions of the first five differences: further ones mostly follow from them. */
function differences(scenarios: readonly Scenario[], theirs: ReadonlyMap<Scenario, Outcome>, engine: string): string[] {
  const observed = scenarios.flatMap((scenario) => {
    const difference = firstDifference(outcome(ours, scenario), outcome(theirs, scenario))
    return difference ? [describeDifference(scenario.name, engine, difference)] : []
  })
  return observed.length > 5 ? [...observed.slice(0, 5), `and ${observed.length - 5} more`] : observed
}

/** The parts of the outcome that depend on the order of branches or items. The order of calls is ignored. */
function dependentParts(workflow: string): string[] {
  const { ordered = [] } = generated.get(workflow) ?? {}
  return (['status', 'error', 'cause', 'output', 'calls'] as const).filter((part) =>
    ordered.some(({ orders }) => {
      const [first, ...others] = orders.map((scenario) => inAnyOrder(outcome(ours, scenario)[part]))
      return others.some((other) => !isDeepStrictEqual(first, other))
    }),
  )
}

function inAnyOrder(value: unknown): unknown {
  return Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value
}
