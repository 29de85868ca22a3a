import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { steps } from '../../infra/steps.ts'
import { type Cells, cells } from './cells.ts'

const files: Cells = cells

test('the table has a row for each claim in the description of a step, and no other', () => {
  const described = [...steps].flatMap(([state, { description }]) =>
    (description.claims ?? []).map(({ kind }) => `${state} and ${kind}`),
  )
  const listed = Object.values(files).flatMap((rows) =>
    Object.entries(rows).flatMap(([step, kinds]) => Object.keys(kinds).map((kind) => `${step} and ${kind}`)),
  )
  expect(listed.toSorted()).toEqual(described.toSorted())
})

test('each row has a cell for a resource of the cluster, and for one of another cluster', () => {
  for (const kinds of Object.values(files).flatMap((rows) => Object.values(rows)))
    for (const row of Object.values(kinds)) expect(Object.keys(row)).toEqual(expect.arrayContaining(['own', 'another']))
})

test('each file of the table exists, and makes its tests', () => {
  const suffix = '.sandbox.test.ts'
  const existing = readdirSync(import.meta.dirname).filter((file) => file.endsWith(suffix))
  expect(existing).toEqual(
    Object.keys(files)
      .toSorted()
      .map((name) => `${name}${suffix}`),
  )
  for (const file of existing)
    expect(readFileSync(path.join(import.meta.dirname, file), 'utf8')).toContain(
      `testCells('${file.replace(suffix, '')}',`,
    )
})
