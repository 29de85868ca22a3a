/** Holds the present code against the newest release: docs/compatibility.md. `npm run docs -- released` writes what was released. */
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { changedValues, goneNames, type Names } from './changed.ts'
import { asJson, presentSchemas, publishedJson } from './descriptions.ts'
import { examples, requestResult, settingsResult } from './examples.ts'
import { presentNames } from './names.ts'
import { narrowed } from './narrowed.ts'

const rule = 'docs/compatibility.md: within a major version this keeps working'

/** Reports of `narrowed` that refuse and change nothing, such as a wider pattern, with the reason. A release empties this list. */
const harmless: Readonly<Record<string, string>> = {
  'name has another pattern':
    'before 1.0.0: the boundary of one deployment recognizes the others by the start of the name',
  'secretPrefix has another pattern':
    'before 1.0.0: the boundary of one deployment recognizes the secrets of the others',
}

const reports = Object.entries(presentSchemas).map(([file, schemaOf]): [string, string[]] => [
  file,
  [...new Set(narrowed(publishedJson(file), asJson(schemaOf())))],
])

test.each(reports)('what the released %s accepts is still accepted, with the same defaults', (file, found) => {
  expect(
    found.filter((report) => harmless[report] === undefined),
    `${rule} (${file})`,
  ).toEqual([])
})

test('each report that counts as harmless still exists', () => {
  const found = reports.flatMap(([, each]) => each)
  expect(Object.keys(harmless).filter((report) => !found.includes(report))).toEqual([])
})

describe('of the released names', () => {
  const published: Names = z.record(z.string(), z.array(z.string())).parse(publishedJson('names.json'))
  let present: Names

  beforeAll(() => {
    present = presentNames()
  })

  test.each(Object.keys(published))('none of the %s is gone', (title) => {
    expect(goneNames({ [title]: published[title] ?? [] }, present), rule).toEqual([])
  })
})

const { requests, settings } = examples.parse(publishedJson('examples.json'))

test.each(Object.entries(requests))('the released request %s still has the same result', (_, { given, result }) => {
  expect(changedValues(result, requestResult(given)), rule).toEqual([])
})

test.each(Object.entries(settings))('the released settings %s still have the same result', (_, { given, result }) => {
  expect(changedValues(result, settingsResult(given)), rule).toEqual([])
})
