import { openapi } from './openapi.ts'
import { operation } from './operation.ts'

const description = openapi()

export const handler = operation(() => ({ status: 200, body: description }))
