import { hashOf } from '../domain/request/normalise.ts'
import { rotationBody } from '../domain/rotation.ts'
import { operation } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation((call) => {
  const request = readOptionalBody(call, rotationBody)
  return accept(call, hashOf(['rotation', request]), async () => ({ kind: 'rotation', request }))
})
