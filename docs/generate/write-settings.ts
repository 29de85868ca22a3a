/** Writes the reference of the settings, and their JSON Schema for editors. */
import { settingsJsonSchema } from '../../infra/settings/settings.ts'
import { keep, readPage, withPart } from './page.ts'
import { settingsReference } from './settings-reference.ts'

const command = 'npm run docs'
const schema = settingsJsonSchema()

keep('docs/settings.md', withPart(readPage('docs/settings.md'), 'settings', settingsReference(schema)), command)

/** A description contains links that are relative to the page, and do not work in an editor. */
const withoutLinks = (key: string, value: unknown) =>
  key === 'description' && typeof value === 'string' ? value.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1') : value

const forEditors = {
  title: 'The settings of a deployment of workload-identity',
  $comment: `Made by \`${command}\` from the schema that checks settings.`,
  ...schema,
}
keep('infra/settings/settings.schema.json', `${JSON.stringify(forEditors, withoutLinks, 2)}\n`, command)
