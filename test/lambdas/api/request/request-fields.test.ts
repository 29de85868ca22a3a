import { describe, expect, test } from 'vitest'
import { requestFieldTable, setupRequestJsonSchema } from '../../../../lambdas/api/request/parse-setup.ts'
import { maxWorkloads } from '../../../../lambdas/spec/schema.ts'

describe('the table of fields', () => {
  const table = requestFieldTable()
  const row = (path: string) => table.find((field) => field.path === path)

  test('describes every field', () => {
    expect(table.length).toBeGreaterThan(90)
    expect(table.filter(({ description }) => description === '')).toEqual([])
    expect(table.filter(({ type }) => type.includes('any value'))).toEqual([])
  })

  test('says type, default and whether a field is needed', () => {
    expect(row('cluster.name')).toMatchObject({ type: 'string', required: true })
    expect(row('cluster.readyTimeoutMinutes')).toMatchObject({ type: 'integer', required: false, default: '60' })
    expect(row('webhook.mode')).toMatchObject({ type: '"install" or "managed" or "none"', default: '"install"' })
    expect(row('workloads')).toMatchObject({ type: 'list of objects', required: true })
    expect(row('workloads[].role.policyArns')).toMatchObject({ type: 'list of strings', required: false })
  })
})

describe('the JSON Schema', () => {
  const schema = setupRequestJsonSchema()

  test('refuses unknown fields, and requires the necessary ones', () => {
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false, required: ['cluster', 'workloads'] })
  })

  test('has formats and limits', () => {
    expect(schema.properties?.workloads).toMatchObject({ type: 'array', maxItems: maxWorkloads })
    expect(JSON.stringify(schema)).toContain('"minimum":3600,"maximum":43200')
    expect(JSON.stringify(schema)).toContain('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
  })

  test('has no references', () => {
    expect(JSON.stringify(schema)).not.toContain('$ref')
    expect(schema).not.toHaveProperty('$schema')
  })
})
