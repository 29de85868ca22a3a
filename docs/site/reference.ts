/** The description of the API, as the plugin of the site can show it. */
import { openapi } from '../../lambdas/api/openapi.ts'

/**
 * starlight-openapi fails at a schema that is `false`, which JSON Schema allows. The schema of a field that may not be there is
 * written out here: it means the same (https://json-schema.org/draft/2020-12/json-schema-core, 4.3.2).
 */
export function referenceText(): string {
  return JSON.stringify(openapi(), (key, value: unknown) =>
    key === 'properties' && typeof value === 'object' && value !== null ? withoutFalse(value) : value,
  )
}

function withoutFalse(properties: object): object {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schema === false ? notAllowed : schema]),
  )
}

const notAllowed = { not: {}, description: 'Not allowed here' }
