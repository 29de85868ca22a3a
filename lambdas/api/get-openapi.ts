import { operation } from '../middleware/operation.ts'
import { openapi } from './openapi.ts'

const description = openapi()

export const handler = operation(() => ({ status: 200, body: description }))
