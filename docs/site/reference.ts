/** The API description in a form that the site's plugin supports. */
import { openapi } from '../../lambdas/api/openapi.ts'

/**
 * starlight-openapi fails for the schema `false`, which JSON Schema allows for a forbidden field. The replacement is
 * equivalent (https://json-schema.org/draft/2020-12/json-schema-core, 4.3.2).
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
