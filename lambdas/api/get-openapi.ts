import { openapi } from './openapi.ts'
import { operation } from './operation.ts'
import { deploymentResource } from './questions.ts'

const description = openapi()

export const handler = operation({
  asks: () => ({ questions: [{ action: 'get-openapi', resource: deploymentResource }], subject: description }),
  runs: (_, body) => ({ status: 200, body }),
})
