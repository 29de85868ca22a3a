import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { settingsReference } from '../../docs/generate/settings-reference.ts'
import { checkedSettings, deploymentSettings, settingsJsonSchema } from '../../infra/settings/settings.ts'
import { settingsIn } from '../../infra/settings/settings-file.ts'
import { matches, read } from './support.ts'

const examples = Object.entries(settingsJsonSchema().properties ?? {}).flatMap(([name, schema]) =>
  typeof schema === 'object' ? (schema.examples ?? []).map((example): [string, unknown] => [name, example]) : [],
)

test('the reference describes every setting with an example', () => {
  const described = [...read('docs/settings.md').matchAll(/^### `(\w+)`\n\n\S/gm)].map(([, name]) => name)
  expect(described).toEqual(Object.keys(deploymentSettings.shape))
  expect(examples.map(([name]) => name)).toEqual(described)
})

test('the reference describes every field inside a setting', () => {
  const rows = [...read('docs/settings.md').matchAll(/^\| `(\S+)` \|.*\| (.*?) \|$/gm)]
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter(([, , meaning]) => meaning === '').map(([, name]) => name)).toEqual([])
})

/** Further settings for an example: the portal's issuer is in the example of `access`. */
const besides: Readonly<Record<string, object>> = { portal: { access: Object.fromEntries(examples).access } }

test.each(examples)('the example of %s is valid for the product and for an editor', (name, example) => {
  const settings = { ...settingsIn(), ...besides[name], [name]: example }
  expect(() => checkedSettings(settings, { file: 'docs/settings.md', region: undefined })).not.toThrow()
  expect(mistakesForEditors(settings)).toEqual([])
})

test.each(['docs/access.md', 'docs/deploy.md', 'docs/private-api-servers.md'])(
  'the settings in %s are valid',
  (page) => {
    const shown = matches(read(page), /^```yaml\n(.*?)^```$/gms).map((text) =>
      z.record(z.string(), z.unknown()).parse(parse(text)),
    )
    expect(shown.length).toBeGreaterThan(0)
    for (const { access, ...others } of shown) {
      const settings = { ...settingsIn(), ...others, access: { ...Object(settingsIn().access), ...Object(access) } }
      expect(() => checkedSettings(settings, { file: page, region: undefined })).not.toThrow()
    }
  },
)

test('an editor accepts settings.yaml, and refuses unknown settings and invalid values', () => {
  expect(read('settings.yaml').split('\n')[0]).toBe(
    '# yaml-language-server: $schema=infra/settings/settings.schema.json',
  )
  expect(mistakesForEditors(settingsIn())).toEqual([])
  expect(mistakesForEditors({ ...settingsIn(), rolepath: '/a/' })).toEqual(['must NOT have additional properties'])
  expect(mistakesForEditors({ ...settingsIn(), webhookTimeoutSeconds: 29 })).toEqual(['must be >= 30'])
})

test('describes a long type once, and then refers to the first field with it', () => {
  const long = z.string().meta({ title: 'a text of a form that takes many words to describe' })
  const reference = settingsReference(z.toJSONSchema(z.strictObject({ one: long, other: long }), { io: 'input' }))
  expect(reference.match(/^Type: .*$/gm)).toEqual([
    'Type: a text of a form that takes many words to describe. Required.',
    'Type: as `one`. Required.',
  ])
})

test('a choice of objects is one table, in which only common required fields are required', () => {
  const of = (kind: string, more: object) => z.strictObject({ kind: z.literal(kind), name: z.string(), ...more })
  const list = z.array(z.discriminatedUnion('kind', [of('a', {}), of('b', { size: z.int().min(1).max(3) })]))
  const reference = settingsReference(z.toJSONSchema(z.strictObject({ list }), { io: 'input' }))
  expect(reference.split('\n').filter((line) => line.startsWith('| `'))).toEqual([
    '| `list[].kind` | one of `a`, `b`, required |  |',
    '| `list[].name` | text, required |  |',
    '| `list[].size` | integer, 1 to 3 |  |',
  ])
})

function mistakesForEditors(settings: object): (string | undefined)[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const validate = ajv.compile(JSON.parse(read('infra/settings/settings.schema.json')))
  return validate(settings) ? [] : (validate.errors ?? []).map(({ message }) => message)
}
