import { deploymentResource } from './access/checks.ts'
import { openapi } from './openapi.ts'
import { operation } from './operation.ts'

export const handler = operation({
  authorizes: () => ({ checks: [{ action: 'get-openapi', resource: deploymentResource }], input: undefined }),
  // Not generated at the start of the function: that takes longer than most operations, and few callers need it.
  runs: () => ({ status: 200, body: openapi() }),
})
