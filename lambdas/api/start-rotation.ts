import { hashOf } from '../operations/request-hash.ts'
import { rotationBody } from '../workflows/rotation/rotation.ts'
import { accept } from './accept.ts'
import { operation } from './operation.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation((call) => {
  const request = readOptionalBody(call, rotationBody)
  return accept(call, hashOf(['rotation', request]), async () => ({ kind: 'rotation', request }))
})
