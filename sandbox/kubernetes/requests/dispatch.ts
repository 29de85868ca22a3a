import type { Answer, Call } from '../context.ts'
import type { Verb } from '../kinds/resources.ts'
import { create } from './creating.ts'
import { remove, removeCollection } from './deleting.ts'
import { patch } from './patching.ts'
import { get, list } from './reading.ts'
import { review } from './reviews.ts'
import { scale } from './scale.ts'
import { methodNotAllowed } from './status.ts'
import { createToken } from './token-requests.ts'
import { update } from './updating.ts'

export async function dispatch(call: Call): Promise<Answer> {
  const { type, verb, name, subresource } = call.target
  if (subresource === 'token') {
    if (verb !== 'create') throw methodNotAllowed()
    return createToken(call)
  }
  if (subresource === 'scale') return scale(call)
  if (!type.verbs.includes(verb)) throw methodNotAllowed()
  if (type.isReview) return review(call)
  const handle = handlers[verb]
  if (!handle || (verb === 'create' && name !== undefined)) throw methodNotAllowed()
  return handle(call)
}

/** All verbs except `watch`, which needs the connection. */
const handlers: Readonly<Partial<Record<Verb, (call: Call) => Answer | Promise<Answer>>>> = {
  get,
  list,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
}
