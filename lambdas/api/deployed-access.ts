import { type Access, accessOf } from '../access/decide.ts'
import { decodedRules } from '../access/encoding.ts'
import { setting } from '../settings.ts'

let made: { readonly text: string; readonly access: Access } | undefined

/** The decisions of this deployment. Made once for each start of the function. */
export function deployedAccess(): Access {
  const text = setting('ACCESS_RULES')
  if (made?.text !== text) made = { text, access: accessOf(decodedRules(text), setting('ACCOUNT_ID')) }
  return made.access
}
