import { deploymentResource } from './access/questions.ts'
import { openapi } from './openapi.ts'
import { operation } from './operation.ts'

export const handler = operation({
  asks: () => ({ questions: [{ action: 'get-openapi', resource: deploymentResource }], subject: undefined }),
  // Not when the function starts: it takes longer than most operations, and few callers ask for it.
  runs: () => ({ status: 200, body: openapi() }),
})
