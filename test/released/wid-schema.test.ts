import { expect, test } from 'vitest'
import { widSchema } from './wid-schema.ts'

test('the commands of wid are fields, with their options and arguments', () => {
  expect(widSchema()).toMatchObject({
    additionalProperties: false,
    properties: {
      wid: { properties: { '--output': { enum: ['text', 'json', 'markdown'], default: 'text' } } },
      'wid diff': {
        required: ['--file'],
        properties: { '--file': { type: 'array' }, '-f': { const: '--file' }, '--prune': { type: 'boolean' } },
      },
      'wid workload add': {
        required: ['argument 1', 'argument 2', '--policy'],
        properties: { '--role': { type: 'string' } },
      },
      'wid connect': { properties: { '--duration': { default: '90d' }, '--no-teardown': { type: 'boolean' } } },
      'wid completion': { properties: { 'argument 1': { enum: ['bash', 'zsh', 'fish'] } } },
    },
  })
})

test('hints on commands of other tools are no commands', () => {
  expect(widSchema()).not.toHaveProperty(['properties', 'wid plan'])
})
