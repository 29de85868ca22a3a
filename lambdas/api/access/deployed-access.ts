import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessRules, accessRulesFile } from '../../access/configuration.ts'
import { type Access, accessOf } from '../../access/decide.ts'
import { callerIdsOf } from '../../access/named-callers.ts'
import { optionalSetting, setting } from '../../settings.ts'

let cached: { readonly folder: string; readonly ids: string; readonly access: Access } | undefined

/** The access rules of this deployment, read once for each start of the function. */
export function deployedAccess(): Access {
  const [folder, ids] = [setting('LAMBDA_TASK_ROOT'), optionalSetting('CALLER_IDS') ?? '']
  if (cached?.folder !== folder || cached.ids !== ids) cached = { folder, ids, access: accessFrom(folder, ids) }
  return cached.access
}

/** The rules are in the function's code package, which no function can write. */
function accessFrom(folder: string, ids: string): Access {
  const rules = accessRules.parse(JSON.parse(readFileSync(join(folder, accessRulesFile), 'utf8')))
  return accessOf(rules, { accountId: setting('ACCOUNT_ID'), callerIds: callerIdsOf(rules.grants, ids) })
}
