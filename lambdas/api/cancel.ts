import { routing } from './operation.ts'
import { handler as cancelOperation } from './operations/cancel-operation.ts'

export const handler = routing({ 'cancel-operation': cancelOperation })
