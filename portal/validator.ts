import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'vite'
import * as z from 'zod/mini'

/** The module that exports `validate`. request-validator.d.ts declares its type. */
const moduleName = 'virtual:request-validator'
const schemaFile = path.join(path.dirname(import.meta.dirname), 'client', 'setup.schema.json')

/**
 * Generates the validator of a request's fields at build time. In the browser, ajv would compile the schema with
 * `new Function`, which the page's Content-Security-Policy forbids: https://ajv.js.org/standalone.html
 */
export function requestValidator(): Plugin {
  return {
    name: 'request-validator',
    resolveId: (id) => (id === moduleName ? `\0${moduleName}` : undefined),
    load: async (id) => (id === `\0${moduleName}` ? validatorCode(await readFile(schemaFile, 'utf8')) : undefined),
  }
}

/**
 * Returns the code of an ES module that validates a value by a schema.
 *
 * @param schema JSON
 */
export function validatorCode(schema: string): string {
  const ajv = new Ajv2020({ allErrors: true, messages: false, code: { source: true, esm: true } })
  const code = standalone.default(ajv, ajv.compile(ofSingleFields(schema)))
  // ajv imports its helper by `require`, even with `esm: true`.
  return code.replace(
    /const (\w+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/g,
    'import ucs2length from "ajv/dist/runtime/ucs2length.js";const $1 = ucs2length.default ?? ucs2length;',
  )
}

/** Omits the rules of `allOf`, which relate fields to each other: only the API checks and explains them. */
function ofSingleFields(schema: string): Record<string, unknown> {
  const unused = ['allOf', 'description', 'title', '$comment', 'default']
  const withoutUnused = (key: string, value: unknown) => (unused.includes(key) ? undefined : value)
  return z.record(z.string(), z.unknown()).parse(JSON.parse(schema, withoutUnused))
}
