/** Applies the archive rule of docs/deployment.md to findings of IAM Access Analyzer. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readSettings } from '../../infra/settings/settings-file.ts'

const page = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8')
const criterion = z.strictObject({ eq: z.array(z.string()) }).or(z.strictObject({ contains: z.array(z.string()) }))

/** Whether a rule archives a finding: "all criteria have to match", https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-archive-rules.html */
function archives(
  rule: Readonly<Record<string, z.output<typeof criterion>>>,
  finding: Record<string, string>,
): boolean {
  return Object.entries(rule).every(([key, given]) => {
    const value = finding[key] ?? ''
    return 'eq' in given ? given.eq.includes(value) : given.contains.some((part) => value.includes(part))
  })
}

test('the archive rule matches only roles below rolePath that trust one issuer', () => {
  const filter = /create-archive-rule .* --filter '(?<json>\{.*\})'/.exec(page)?.groups?.json ?? ''
  const rule = z.record(z.string(), criterion).parse(JSON.parse(filter.replace('ISSUER_HOST', 'oidc.example.com')))
  const { rolePath } = readSettings({ region: undefined })
  const finding = {
    resourceType: 'AWS::IAM::Role',
    resource: `arn:aws:iam::111122223333:role${rolePath}prod/prod-default-reader`,
    'principal.Federated': 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod',
    isPublic: 'false',
  }
  expect(archives(rule, finding)).toBe(true)
  const others = [
    { resource: 'arn:aws:iam::111122223333:role/admin' },
    { 'principal.Federated': 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
    { 'principal.Federated': '', 'principal.AWS': '444455556666' },
    { isPublic: 'true' },
  ]
  for (const other of others) expect(archives(rule, { ...finding, ...other }), JSON.stringify(other)).toBe(false)
})
