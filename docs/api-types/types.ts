import openapiTS, { astToString } from 'openapi-typescript'

/**
 * TypeScript types of an API: what the client of openapi-fetch is typed by. A caller may leave out a field that has a
 * default. Arrays are not readonly, because openapi-fetch maps a readonly array to an object.
 */
export async function typesOf(openapi: object): Promise<string> {
  return astToString(await openapiTS(JSON.stringify(openapi), { defaultNonNullable: false }))
}
