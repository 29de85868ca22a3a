import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes, parseSetupRequest, requestHash } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { setupQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { setupOperation } from './setup-operation.ts'

export const handler = operation({
  asks: (call) => {
    const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    return { questions: setupQuestions(parsed.request, deployment().name), subject: parsed.request }
  },
  runs: (call, request) =>
    accept(call, requestHash(request), async () =>
      setupOperation(request, await refuseImmutableChanges(request), deployment().name),
    ),
})
