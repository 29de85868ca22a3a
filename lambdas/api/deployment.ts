import * as z from 'zod/mini'
import { optionalSetting, setting } from '../settings.ts'
import type { Deployment } from './request/parse-setup.ts'

const texts = z.array(z.string())

/** The settings that requests are validated against. */
export function deployment(): Deployment {
  return {
    name: setting('DEPLOYMENT'),
    region: setting('AWS_REGION'),
    accountId: setting('ACCOUNT_ID'),
    memberAccounts: optionalSetting('MEMBER_ACCOUNTS')?.split(',') ?? [],
    partition: setting('PARTITION'),
    issuerHosts: optionalSetting('ISSUER_HOSTS')?.split(',') ?? [],
    secretPrefix: setting('SECRET_PREFIX'),
    allowedPolicyArns: allowedPolicyArns(),
    inlinePolicyActions: texts.parse(JSON.parse(setting('INLINE_POLICY_ACTIONS'))),
  }
}

/** The managed policies that roles may have; `*` stands for any characters. */
export function allowedPolicyArns(): string[] {
  return texts.parse(JSON.parse(setting('ALLOWED_POLICY_ARNS')))
}
