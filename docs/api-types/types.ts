import openapiTS, { astToString } from 'openapi-typescript'

/**
 * TypeScript types of an API for openapi-fetch's client. Callers may omit fields with defaults. Arrays are not
 * readonly, because openapi-fetch maps a readonly array to an object.
 */
export async function typesOf(openapi: object): Promise<string> {
  return astToString(await openapiTS(JSON.stringify(openapi), { defaultNonNullable: false }))
}
