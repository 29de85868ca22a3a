import { expect, test } from 'vitest'
import { points } from '../support/points.ts'

test('lists all commands', () => {
  expect(points.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['', 'apply', 'get', 'get operations', 'workload add', 'completion']),
  )
})

test.for([
  ['apply', '--file', 'file'],
  ['doctor', '--deployment', 'file'],
  ['workload add', '--role', 'text'],
  ['teardown', '--force', 'none'],
  ['get operations', '--output', ['text', 'json', 'markdown']],
] as const)('the value of "%s %s" is %j', ([path, name, value]) => {
  const option = points.find((point) => point.path === path)?.options.find(({ names }) => names.includes(name))
  expect(option).toMatchObject({ value, description: expect.stringMatching(/\w/) })
})

test('the names of an option include the short one', () => {
  const { options = [] } = points.find(({ path }) => path === 'apply') ?? {}
  expect(options.map(({ names }) => names)).toContainEqual(['--file', '-f'])
})

test('the choices of an argument are values, and commands have their descriptions', () => {
  expect(points.find(({ path }) => path === 'completion')?.values).toEqual(['bash', 'zsh', 'fish'])
  expect(points[0]?.commands).toContainEqual({ name: 'status', description: 'show what is recorded of a cluster' })
})
