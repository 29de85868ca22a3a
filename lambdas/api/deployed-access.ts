import { type Access, accessOf } from '../access/decide.ts'
import { decodedRules } from '../access/encoding.ts'
import { callerIdsOf } from '../access/named-callers.ts'
import { optionalSetting, setting } from '../settings.ts'

let made: { readonly text: string; readonly ids: string; readonly access: Access } | undefined

/** The decisions of this deployment. Made once for each start of the function. */
export function deployedAccess(): Access {
  const [text, ids] = [setting('ACCESS_RULES'), optionalSetting('CALLER_IDS') ?? '']
  if (made?.text !== text || made.ids !== ids) made = { text, ids, access: accessFrom(text, ids) }
  return made.access
}

function accessFrom(text: string, ids: string): Access {
  const rules = decodedRules(text)
  return accessOf(rules, { accountId: setting('ACCOUNT_ID'), callerIds: callerIdsOf(rules.grants, ids) })
}
