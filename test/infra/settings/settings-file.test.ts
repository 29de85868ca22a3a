import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { namedFile, readSettings, settingsIn } from '../../../infra/settings/settings-file.ts'
import { root } from '../../docs/support.ts'

const folder = mkdtempSync(path.join(root, '.sandbox', 'settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const network = { subnetIds: ['subnet-0aa11bb22cc33dd44'], securityGroupIds: ['sg-0123456789abcdef0'] }

/** Writes a file with this text. Returns its path. */
function fileWith(text: string): string {
  const file = path.join(folder, 'staging.yaml')
  writeFileSync(file, text)
  return file
}

/** The error message for a file with this text. */
function refusalOf(text: string): string {
  const file = fileWith(text)
  try {
    readSettings({ file, region: undefined })
    return ''
  } catch (error) {
    return String(error).replace(file, 'FILE')
  }
}

/** The error lines for the settings of settings.yaml with these changes. */
function linesOf(settings: object): string[] {
  return refusalOf(JSON.stringify({ ...settingsIn(), ...settings }))
    .split('\n')
    .slice(1)
}

test('settings come from settings.yaml, or from the file that the option names', () => {
  expect(readSettings({ region: undefined }).webhookTimeoutSeconds).toBe(600)
  const file = fileWith(JSON.stringify({ ...settingsIn(), webhookTimeoutSeconds: 90 }))
  expect(readSettings({ file, region: undefined }).webhookTimeoutSeconds).toBe(90)
  expect(readSettings({ file: path.relative(root, file), region: undefined }).webhookTimeoutSeconds).toBe(90)
})

test('the line of settings.yaml that hosts issuers is valid after its number sign is removed', () => {
  const text = readFileSync(path.join(root, 'settings.yaml'), 'utf8')
  expect(readSettings({ region: undefined }).issuerHost).toBeUndefined()
  const file = fileWith(text.replace('# issuerHost:', 'issuerHost:'))
  expect(readSettings({ file, region: undefined }).issuerHost).toEqual({})
})

test('a CDK app reads the file that its context names', async () => {
  const file = fileWith(JSON.stringify({ ...settingsIn(), name: 'WorkloadIdentity2' }))
  const CDK_OUTDIR = path.join(folder, 'cdk.out')
  const env = { ...process.env, CDK_OUTDIR, CDK_CONTEXT_JSON: JSON.stringify({ settings: file }) }
  await promisify(execFile)(process.execPath, ['infra/member/member-app.ts'], { cwd: root, env })
  expect(readdirSync(CDK_OUTDIR)).toContain('WorkloadIdentity2Member.template.json')
}, 60_000)

test.each(['app', 'member/member-app'])(
  'for invalid settings %s.ts prints only the mistakes, and synthesizes nothing',
  async (app) => {
    const wrong = fileWith(JSON.stringify({ ...settingsIn(), rolePath: 'roles', portal: 1 }))
    expect(await endOf(app, wrong)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Correct the settings in ${wrong} (docs/settings.md says what each takes):
  rolePath: is not an IAM path with a slash at both ends
  portal: is not an object: correct it
`,
    })
    expect((await endOf(app, 'other.yaml')).stderr).toMatch(/^The settings cannot be read: create other\.yaml, .*\n$/)
    expect((await endOf(app, 1)).stderr).toMatch(/^The context "settings" is not a text: .*\n$/)
    expect(readdirSync(path.join(folder, 'none'))).toEqual([])
  },
  60_000,
)

/** The exit code and the output of an app whose context names these settings. */
async function endOf(app: string, settings: unknown) {
  const CDK_CONTEXT_JSON = JSON.stringify({ settings })
  const env = { ...process.env, CDK_OUTDIR: path.join(folder, 'none'), CDK_CONTEXT_JSON }
  const run = promisify(execFile)(process.execPath, [`infra/${app}.ts`], { cwd: root, env })
  const { code, stdout, stderr } = await run.then((printed) => ({ code: 0, ...printed }), z.object(ended).parse)
  return { code, stdout, stderr }
}

const ended = { code: z.number(), stdout: z.string(), stderr: z.string() }

test('the CDK context names the file', () => {
  expect([namedFile('staging.yaml'), namedFile(undefined)]).toEqual(['staging.yaml', undefined])
  expect(() => namedFile({})).toThrow(
    'The context "settings" is not a text: name one file, as in `-c settings=staging.yaml`',
  )
})

test('the ID of an account keeps its leading zero', () => {
  const externalId = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'
  expect(settingsIn(fileWith(`accounts:\n  012345678901:\n    externalId: ${externalId}\n`))).toEqual({
    accounts: { '012345678901': { externalId } },
  })
})

test('a grant cannot name a role of another account, which API Gateway would reject', () => {
  const to = [{ iam: { account: '012345678901', role: 'Operators' } }]
  expect(linesOf({ access: { grants: [{ name: 'a', role: 'administrator', to }] } })).toEqual([
    '  access.grants.0.to.0.iam.account: is not a setting: use role, id',
  ])
})

describe('the error for a file names the file', () => {
  test('when it does not exist', () => {
    expect(() => readSettings({ file: 'other.yaml', region: undefined })).toThrow(
      /^The settings cannot be read: create other\.yaml, or name another file \(ENOENT: .*other\.yaml'\)$/,
    )
  })

  test('when it is no valid YAML, with the line and the column', () => {
    expect(refusalOf('rolePath: /a/\nrolePath: /b/\n')).toContain(
      'Error: Correct the YAML of FILE: Map keys must be unique at line 2, column 1',
    )
  })

  test.each(['', '# nothing', '- secretPrefix', 'secretPrefix'])('when it contains no settings: %j', (text) => {
    expect(refusalOf(text)).toBe(
      'Error: FILE has no settings: write them as in settings.yaml, a name and a value on each line',
    )
  })

  test('when a setting is invalid, with the page that describes the settings', () => {
    expect(refusalOf(JSON.stringify({ ...settingsIn(), rolePath: 'roles' }))).toBe(
      'Error: Correct the settings in FILE (docs/settings.md says what each takes):\n  rolePath: is not an IAM path with a slash at both ends',
    )
  })
})

describe('an error line contains the path of a setting, its mistake, and the correction', () => {
  test.each<[string, object, string]>([
    [
      'has a password',
      { network: { ...network, proxy: { url: 'http://me:secret@proxy.example.com:3128' } } },
      'network.proxy.url: is not the URL of an HTTP CONNECT proxy such as http://proxy.example.com:3128, without a user name and a password',
    ],
    [
      'is a pattern',
      { network: { ...network, proxy: { url: 'http://proxy.example.com:3128', noProxy: ['*.example.com'] } } },
      'network.proxy.noProxy.0: is not a host such as api.example.com, or a domain such as .example.com, with or without a port',
    ],
    [
      'has no security group',
      { network: { ...network, securityGroupIds: [] } },
      'network.securityGroupIds: is empty: name a security group of the functions',
    ],
    [
      'has security groups without subnets',
      { network: { ...network, subnetIds: [] } },
      'network.securityGroupIds: is set without subnetIds: make it an empty list',
    ],
    [
      'has a proxy without subnets',
      { network: { subnetIds: [], securityGroupIds: [], proxy: { url: 'http://proxy.example.com:3128' } } },
      'network.proxy: is set without subnetIds: leave it out',
    ],
    [
      'is a range with link-local addresses',
      { network: { ...network, addressRanges: ['169.254.0.0/16'] } },
      'network.addressRanges.0: is not an IPv4 range in 100.64.0.0/10, 198.18.0.0/15 or 240.0.0.0/4',
    ],
    [
      'has ranges without subnets',
      { network: { subnetIds: [], securityGroupIds: [], addressRanges: ['100.64.0.0/10'] } },
      'network.addressRanges: is set without subnetIds: leave it out',
    ],
    ['is missing', { rolePath: undefined }, 'rolePath: is missing: give it a text'],
    ['is empty', { network: null }, 'network: is empty: give it an object, or remove it'],
    ['is a number', { secretPrefix: 5 }, 'secretPrefix: is 5, not a text: put it in quotes'],
    [
      'does not begin like the prefix of each deployment',
      { secretPrefix: 'staging' },
      'secretPrefix: is not workload-identity, followed by any letters, digits and _+=.@-',
    ],
    ['is no list', { allowedPolicyArns: '*' }, 'allowedPolicyArns: is not a list: correct it'],
    ['is no whole number', { webhookTimeoutSeconds: 1.5 }, 'webhookTimeoutSeconds: is not a whole number: correct it'],
    ['is too small', { webhookTimeoutSeconds: 29 }, 'webhookTimeoutSeconds: is below the minimum: use 30 or more'],
    ['is too large', { operationDays: { looks: 3651 } }, 'operationDays.looks: is above the maximum: use 3650 or less'],
    ['has too few elements', { workloadActions: [] }, 'workloadActions: is below the minimum: use 1 or more elements'],
    [
      'is no address',
      { notifications: { emails: ['me'] } },
      'notifications.emails.0: is not an address of e-mail such as platform@example.com',
    ],
    [
      'is no role',
      { access: { grants: [{ name: 'a', role: 'owner' }] } },
      'access.grants.0.role: is not one of its values: use viewer or developer or operator or administrator',
    ],
    [
      'has a wrong name',
      { access: { ...Object(settingsIn().access), policies: { 'A b': '' } } },
      'access.policies.A b: is not a name: use 1 to 63 lower-case letters, digits and hyphens',
    ],
  ])('if the value %s', (_, change, line) => {
    expect(linesOf(change)).toEqual([`  ${line}`])
  })

  test('for each mistake', () => {
    expect(linesOf({ prefix: 'a', path: '/b/', rolePath: 7 })).toEqual([
      '  rolePath: is 7, not a text: put it in quotes',
      expect.stringMatching(/^ {2}prefix: is not a setting: use name, secretPrefix, /),
      expect.stringMatching(/^ {2}path: is not a setting: use name, secretPrefix, /),
    ])
  })
})
