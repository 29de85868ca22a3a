/** What docs/compatibility.md promises, as files that a later version is compared with. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { settingsJsonSchema } from '../../infra/settings/settings.ts'
import { openapi } from '../../lambdas/api/openapi.ts'
import { setupRequestJsonSchema } from '../../lambdas/api/request/parse-setup.ts'
import { root } from '../docs/support.ts'
import { presentExamples } from './examples.ts'
import { presentNames } from './names.ts'
import { widSchema } from './wid-schema.ts'

/** The folder of the descriptions of the newest release. */
export const released = path.join(root, 'docs/released')

/** The schemas of what users write, made from the present code. */
export const presentSchemas = {
  'setup.schema.json': setupRequestJsonSchema,
  'settings.schema.json': settingsJsonSchema,
  'wid.schema.json': widSchema,
} as const

/** All descriptions of the present code, by file. */
export function presentDescriptions(): Record<string, object> {
  return {
    'openapi.json': openapi(),
    ...Object.fromEntries(Object.entries(presentSchemas).map(([file, schemaOf]) => [file, schemaOf()])),
    'names.json': presentNames(),
    'examples.json': presentExamples(),
  }
}

/** @param file its name in the folder */
export function publishedJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(released, file), 'utf8'))
}

/** A description as the tests compare it, without what JSON cannot represent. */
export function asJson(description: object): unknown {
  return JSON.parse(JSON.stringify(description))
}
