import { hashOf } from '../operations/request-hash.ts'
import { rotationBody, rotationOf } from '../workflows/rotation/rotation.ts'
import { accept } from './accept.ts'
import { operation } from './operation.ts'
import { deploymentResource } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation({
  asks: (call) => ({
    questions: [{ action: 'start-rotation', resource: deploymentResource }],
    subject: readOptionalBody(call, rotationBody),
  }),
  runs: (call, request) => accept(call, hashOf(['rotation', request]), async () => rotationOf(request)),
})
