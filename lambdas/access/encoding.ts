import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type AccessRules, accessRules } from './configuration.ts'

/**
 * The rules as text for an environment variable. It is compressed, because Lambda takes 4 KB for all variables of a
 * function: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function encodedRules(rules: AccessRules): string {
  return deflateRawSync(JSON.stringify(rules), { level: 9 }).toString('base64')
}

/** The rules of {@link encodedRules}. */
export function decodedRules(text: string): AccessRules {
  return accessRules.parse(JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')))
}
