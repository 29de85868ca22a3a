import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { routes } from '../../lambdas/api/routes.ts'
import { stepErrors } from '../../lambdas/errors/step-errors.ts'
import { cancelled, deadlineErrors, neverStarted } from '../../lambdas/operations/operation-end.ts'
import { notReached } from '../../lambdas/workflows/rotation/rotation.ts'
import manifest from '../../package.json' with { type: 'json' }

const root = path.resolve(import.meta.dirname, '../..')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const onCall = readFileSync(path.join(root, 'docs/on-call.md'), 'utf8')
const run = promisify(execFile)

test.each(['draw-state-machine.ts', 'write.ts'])('what %s makes is up to date', async (script) => {
  await expect(run(process.execPath, [`docs/${script}`, '--check'], { cwd: root })).resolves.toMatchObject({
    stderr: '',
  })
})

test('the page for the person on call names every error that an operation may end with, and no other', () => {
  const described = matches(onCall, /^\| `(\w+)` \|/gm).filter((name) => /^[A-Z]/.test(name))
  const classes = stepErrors.map((StepError) => new StepError({ object: 'o', reason: 'r', action: 'a' }).name)
  const ofTheRun = [cancelled('c', undefined).name, neverStarted('c').name, notReached('c').name]
  expect(described).toEqual([...classes, ...deadlineErrors, ...ofTheRun].toSorted())
})

test('every error that a state machine gives by itself is one of a deadline', () => {
  const folder = path.join(root, 'statemachine')
  const definitions = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'))
  const given = matches(definitions.join(''), /"Error": "(\w+)"|'[Ee]rror': '(\w+)'/g)
  expect(given.length).toBeGreaterThan(0)
  expect(given.filter((name) => !deadlineErrors.includes(name))).toEqual([])
})

test('every route of the API is named', () => {
  for (const route of routes) expect(readme).toContain(`\`${route.method} ${route.path}\``)
})

test('every route that the page for the person on call names is there', () => {
  const named = matches(onCall, /`((?:GET|POST|DELETE) \/v1\/[^`]+)`/g)
  expect(named.length).toBeGreaterThan(5)
  const known: readonly string[] = routes.map(({ method, path }) => `${method} ${path}`)
  expect(named.filter((one) => !known.includes(one))).toEqual([])
})

test('every file and folder that is named is there', () => {
  const named = matches(
    readme,
    /(?<![\w/.])((?:statemachine|lambdas|infra|sandbox|test|docs|bench|examples)\/[\w./-]*\w\/?)/g,
  )
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
})

test('every npm script that is named is there', () => {
  const scripts = Object.keys(manifest.scripts)
  for (const script of matches(readme, /npm run ([\w:]+)/g)) expect(scripts).toContain(script)
})

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap(([, ...found]) => found.filter((one) => one !== undefined)))]
}
