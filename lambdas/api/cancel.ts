import { handler as cancelOperation } from './cancel-operation.ts'
import { routing } from './operation.ts'

export const handler = routing({ 'cancel-operation': cancelOperation })
