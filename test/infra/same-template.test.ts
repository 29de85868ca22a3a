/** The same settings produce the same template. Otherwise `cdk diff` would show changes that nobody made. */
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { checkedSettings, settingsJsonSchema } from '../../infra/settings/settings.ts'
import { WorkloadIdentityStack } from '../../infra/stack.ts'
import { emptyBundles, portalProps, stackProps } from '../support/aws/stack.ts'

/** Each setting, with the first example of the reference. */
const everything = Object.fromEntries(
  Object.entries(settingsJsonSchema().properties ?? {}).map(([name, schema]) => [
    name,
    typeof schema === 'object' ? schema.examples?.[0] : undefined,
  ]),
)

function templateOf(settings: object): object {
  const { env } = stackProps
  const checked = checkedSettings(settings, { file: 'docs/settings.md', region: env.region })
  const { portalFiles } = portalProps()
  const props = { ...checked, env, portalFiles, bundles: emptyBundles() }
  return Template.fromStack(new WorkloadIdentityStack(new App(), checked.name, props)).toJSON()
}

/** Reverses the order of the fields in each object, and keeps the order of lists. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, field]) => [name, reversed(field)]),
  )
}

describe('the template of a deployment with all settings', () => {
  const first = templateOf(everything)

  test('reflects the settings', () => {
    expect(JSON.stringify(first)).toContain('kms:Decrypt')
  })

  test('is the same, byte by byte, in each synthesis', () => {
    expect(JSON.stringify(templateOf(everything))).toBe(JSON.stringify(first))
  })

  test('is the same whatever the order of the settings and of their fields', () => {
    const others = Object(reversed(everything))
    expect(Object.keys(others)).toEqual(Object.keys(everything).toReversed())
    expect(templateOf(others)).toEqual(first)
  })
})
