import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'vite'
import * as z from 'zod/mini'

/** Its export `validate` is the check; request-validator.d.ts has its type. */
const moduleName = 'virtual:request-validator'
const schemaFile = path.join(path.dirname(import.meta.dirname), 'client', 'setup.schema.json')

/**
 * Gives the portal the check of a request's fields as code. ajv makes such code from a schema by itself, but with `eval`,
 * which the policy of the page forbids: https://ajv.js.org/standalone.html
 */
export function requestValidator(): Plugin {
  return {
    name: 'request-validator',
    resolveId: (id) => (id === moduleName ? `\0${moduleName}` : undefined),
    load: async (id) => (id === `\0${moduleName}` ? validatorCode(await readFile(schemaFile, 'utf8')) : undefined),
  }
}

/**
 * An ES module for a schema.
 *
 * @param schema JSON
 */
export function validatorCode(schema: string): string {
  const ajv = new Ajv2020({ allErrors: true, messages: false, code: { source: true, esm: true } })
  const code = standalone.default(ajv, ajv.compile(ofSingleFields(schema)))
  // ajv writes the import of its one helper for CommonJS, whatever it is asked for.
  return code.replace(
    /const (\w+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/g,
    'import ucs2length from "ajv/dist/runtime/ucs2length.js";const $1 = ucs2length.default ?? ucs2length;',
  )
}

/** What one field requires of another is in the lists of `allOf`: the API checks that, and says what to do in words. */
function ofSingleFields(schema: string): Record<string, unknown> {
  const unused = ['allOf', 'description', 'title', '$comment', 'default']
  const withoutUnused = (key: string, value: unknown) => (unused.includes(key) ? undefined : value)
  return z.record(z.string(), z.unknown()).parse(JSON.parse(schema, withoutUnused))
}
