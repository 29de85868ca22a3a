import type { Answer, Call } from '../context.ts'
import { create } from './creating.ts'
import { remove, removeCollection } from './deleting.ts'
import { patch } from './patching.ts'
import { get, list } from './reading.ts'
import { review } from './reviews.ts'
import { scale } from './scale.ts'
import { methodNotAllowed } from './status.ts'
import { createToken } from './token-requests.ts'
import { update } from './updating.ts'

/** Answers everything but a watch. */
export async function dispatch(call: Call): Promise<Answer> {
  const { type, verb, name, subresource } = call.target
  if (subresource === 'token') {
    if (verb !== 'create') throw methodNotAllowed()
    return createToken(call)
  }
  if (subresource === 'scale') return scale(call)
  if (!type.verbs.includes(verb)) throw methodNotAllowed()
  if (type.isReview) return review(call)
  if (verb === 'create' && name !== undefined) throw methodNotAllowed()
  switch (verb) {
    case 'get':
      return get(call)
    case 'list':
      return list(call)
    case 'create':
      return create(call)
    case 'update':
      return update(call)
    case 'patch':
      return patch(call)
    case 'delete':
      return remove(call)
    case 'deletecollection':
      return removeCollection(call)
    default:
      throw methodNotAllowed()
  }
}
