import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { accountNamespace, clusterAccount } from '../../lambdas/ownership/setup-account.ts'
import manifest from '../../package.json' with { type: 'json' }

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '../../charts/agent', file), 'utf8')
const schema = JSON.parse(read('values.schema.json'))
/** With the values that have no default, which are comments. */
const described = parse(read('values.yaml').replace(/^( *)# (\w+): (?=\S+$)/gm, '$1$2: '))

test('the chart and its image have the version of the release', () => {
  const { version, appVersion } = parse(read('Chart.yaml'))
  expect({ version, appVersion }).toEqual({ version: manifest.version, appVersion: manifest.version })
})

test('values.yaml describes each value of the schema, and the schema accepts no others', () => {
  const { global: _, ...properties } = schema.properties
  expect(Object.keys(described).sort()).toEqual(Object.keys(properties).sort())
  for (const group of ['image', 'extraCa', 'resources']) {
    expect(Object.keys(described[group]).sort()).toEqual(Object.keys(properties[group].properties).sort())
    expect(properties[group].additionalProperties).toBe(false)
  }
  expect(schema.additionalProperties).toBe(false)
})

test('the chart requires the values without a default', () => {
  const defaults = parse(read('values.yaml'))
  const missing = Object.keys(schema.properties).filter((name) => !(name in defaults) && name !== 'global')
  expect(schema.required).toEqual([...missing, 'image'])
  expect(schema.properties.image.required.filter((name: string) => name in defaults.image)).toEqual([])
})

test('the agent runs with the account of "wid rights", in its namespace', () => {
  const template = read('templates/deployment.yaml')
  expect(template).toContain(`serviceAccountName: ${clusterAccount}\n`)
  expect(template).toContain(`ne .Release.Namespace "${accountNamespace}"`)
})
