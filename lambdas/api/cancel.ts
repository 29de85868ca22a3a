import { handler as cancelOperation } from './cancel-operation.ts'
import { routing } from './routing.ts'

export const handler = routing({ 'cancel-operation': cancelOperation })
