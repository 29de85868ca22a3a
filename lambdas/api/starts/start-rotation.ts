import { rotationBody, rotationOf } from '../../workflows/rotation/rotation.ts'
import { deploymentResource } from '../access/checks.ts'
import { readOptionalBody } from '../request/read-optional-body.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: (call) => ({
    checks: [{ action: 'start-rotation', resource: deploymentResource }],
    input: readOptionalBody(call, rotationBody),
  }),
  requests: (_, request) => rotationOf(request),
})
