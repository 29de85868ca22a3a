import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Kind, kindNames } from '../../../client/request/kinds.ts'
import { parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { deployment } from '../../support/api/requests.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { optionsOf } from '../support/init-answers.ts'
import { runWid, runWidAtTerminal } from '../support/run-wid.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())
const cwd = directory.path
const options = optionsOf('private-issuer')

function written(file: string): Promise<string> {
  return readFile(path.join(cwd, file), 'utf8')
}

test.for(kindNames)('options answer all questions for a cluster of kind %s', async (kind) => {
  const file = `${kind}.yaml`
  expect(await runWid(['init', '-f', file, ...optionsOf(kind)], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Wrote ${file}.`),
    stderr: '',
  })
  const parsed = parseSetupRequest(parse(await written(file)), deployment)
  expect(parsed.ok ? [] : parsed.issues).toEqual([])
})

test('secrets have the prefix of the deployment', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify({ secretPrefix: 'staging' })))
  const api = `http://127.0.0.1:${await listenOnFreePort(server)}`
  await runWid(['--api', api, 'init', '-f', 'prefix.yaml', ...options], { cwd })
  server.close()
  expect(await written('prefix.yaml')).toContain('secret:staging/edge-1/user-cluster')
})

test('uses the default prefix and prints a warning when the API does not respond', async () => {
  const { code, stderr } = await runWid(['--api', 'http://127.0.0.1:1', 'init', '-f', 'note.yaml', ...options], { cwd })
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      /^The API at http:\/\/127\.0\.0\.1:1 does not answer .*\nThe names of secrets in the request begin with workload-identity\/\. Correct them/,
    ),
  })
  expect(await written('note.yaml')).toContain('secret:workload-identity/edge-1/user-cluster')
})

test('prints the next commands, with those for the secrets that the setup reads', async () => {
  const nextOf = async (kind: Kind) =>
    (await runWid(['init', '-f', `next-${kind}.yaml`, ...optionsOf(kind)], { cwd })).stdout
  const connects = async (kind: Kind) =>
    [...(await nextOf(kind)).matchAll(/^ {2}wid connect \S+ -f \S+( --management)?$/gm)].map(([, option]) => option)
  expect(await connects('private-issuer')).toEqual([undefined])
  expect(await connects('gke-on-aws')).toEqual([' --management', undefined])
  expect(await connects('new-gke-on-aws')).toEqual([' --management'])
  expect(await nextOf('public-issuer')).toMatch(/^ {2}wid apply -f next-public-issuer\.yaml$/m)
})

test.for(['private-issuer', 'public-issuer'] as const)(
  'for a cluster of kind %s with an agent, needs no secret, and prints how to install the agent',
  async (kind) => {
    const file = `agent-${kind}.yaml`
    const workload = optionsOf(kind).slice(optionsOf(kind).indexOf('--namespace'))
    const args = ['init', '-f', file, '--kind', kind, '--name', 'edge-1', '--connection', 'agent', ...workload]
    // A narrow terminal does not break commands.
    expect(await runWid(args, { cwd, env: { COLUMNS: '40' } })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        [
          `  wid rights edge-1 --file ${file} --apply`,
          '  wid enroll edge-1 | helm upgrade --install workload-identity-agent charts/agent \\',
          '    --namespace workload-identity-setup --reset-then-reuse-values --set image.repository=REGISTRY/agent --values -',
          'Then send the request:',
          `  wid apply -f ${file}`,
        ].join('\n'),
      ),
      stderr: '',
    })
    const parsed = parseSetupRequest(parse(await written(file)), deployment)
    expect(parsed).toMatchObject({ ok: true, request: { cluster: { connection: 'agent' } } })
  },
)

test('at a terminal, prompts for no part of the secret of a cluster with an agent', async () => {
  const given = options.filter(
    (_, index) => !['--connection', '--region', '--account'].includes(options[index - (index % 2)] ?? ''),
  )
  const { code, shown } = await runWidAtTerminal(
    ['init', '-f', 'asked-agent.yaml', ...given],
    [
      ['agent if AWS cannot reach it [direct]: ', 'tunnel\n'],
      ['agent if AWS cannot reach it [direct]: ', 'agent\n'],
    ],
    { cwd },
  )
  expect([code, shown]).toEqual([0, expect.stringContaining('"tunnel" is not of the right form.')])
  expect(await written('asked-agent.yaml')).toContain('connection: agent')
})

test('the first line refers editors to a schema beside the file', async () => {
  await mkdir(path.join(cwd, 'requests'))
  const file = 'requests/modeline.yaml'
  const { stdout } = await runWid(['init', '-f', file, ...options], { cwd })
  expect(stdout).toMatch(
    /^Wrote requests\/setup\.schema\.json, with which editors check requests\.\nWrote requests\/mode/,
  )
  expect(await written(file)).toMatch(/^# yaml-language-server: \$schema=setup\.schema\.json\n/)
  expect(JSON.parse(await written('requests/setup.schema.json'))).toMatchObject({
    $id: 'urn:workload-identity:setup-request',
  })

  await writeFile(path.join(cwd, 'requests/setup.schema.json'), 'mine')
  const again = await runWid(['init', '-f', 'requests/second.yaml', ...options], { cwd })
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^Wrote requests\/second\.yaml\./)])
  expect(await written('requests/setup.schema.json')).toBe('mine')
})

test('the first line contains the relative path of a schema in the working directory', async () => {
  const file = path.join(cwd, 'below.yaml')
  await runWid(['init', '-f', file, ...options], { cwd: path.resolve(import.meta.dirname, '../../..') })
  const [, reference = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await written('below.yaml')) ?? []
  expect(reference).toMatch(/^\.\.\//)
  expect(JSON.parse(await written(reference))).toMatchObject({ $id: 'urn:workload-identity:setup-request' })
})

test('the JSON output contains the file and the request, and warnings are JSON', async () => {
  const json = ['--api', 'http://127.0.0.1:1', '--output', 'json']
  const { stdout, stderr } = await runWid([...json, 'init', '-f', 'json.yaml', ...options], { cwd })
  expect(JSON.parse(stdout)).toEqual({ file: 'json.yaml', request: parse(await written('json.yaml')) })
  const warnings = stderr.trimEnd().split('\n')
  expect(warnings.map((line) => JSON.parse(line))).toEqual(
    Array.from({ length: 2 }, () => ({ type: 'warning', message: expect.any(String) })),
  )
})

test('does not overwrite an existing file without --force', async () => {
  await writeFile(path.join(cwd, 'setup.yaml'), 'mine')
  expect(await runWid(['init', ...options], { cwd })).toMatchObject({
    code: 2,
    stderr: 'setup.yaml exists. Write another file with -f, or overwrite it with --force.\n',
  })
  expect(await written('setup.yaml')).toBe('mine')
  expect(await runWid(['init', '--force', ...options], { cwd })).toMatchObject({ code: 0 })
  expect(await written('setup.yaml')).toContain('name: edge-1')
})

test('without a terminal, lists all missing options', async () => {
  const args = ['init', '-f', 'missing.yaml', '--kind', 'gke-on-aws', '--account', '000000000000']
  const { code, stderr } = await runWid(args, { cwd, env: { AWS_REGION: 'eu-west-1' } })
  expect(code).toBe(2)
  expect([...stderr.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option]) => option)).toEqual([
    '--name',
    '--namespace',
    '--service-account',
    '--policy',
  ])
})

test('without a terminal, optional answers may be missing', async () => {
  const all = optionsOf('gke-on-aws')
  const needed = all.toSpliced(all.indexOf('--proxy'), 2)
  expect(await runWid(['init', '-f', 'direct.yaml', ...needed], { cwd })).toMatchObject({ code: 0 })
  expect(await written('direct.yaml')).not.toContain('proxyUrl')
})

test('without a terminal, requires the kind of cluster', async () => {
  expect(await runWid(['init', '-f', 'kind.yaml'], { cwd })).toMatchObject({
    code: 2,
    stderr: 'Standard input is not a terminal, so the command cannot prompt. Use --kind.\n',
  })
})

test('reports all options that are invalid or for another kind of cluster', async () => {
  const args = ['init', '-f', 'wrong.yaml', ...options, '--account', '12', '--vpc', 'vpc-1']
  const { code, stderr } = await runWid(args, { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('--account: "12" is not of the right form. Give the twelve digits of the AWS account')
  expect(stderr).toContain('--vpc does not apply to a cluster of kind private-issuer: omit it.')
})

test('reports a missing folder', async () => {
  const { code, stderr } = await runWid(['init', '-f', 'absent/a.yaml', ...options], { cwd })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'absent/a.yaml: there is no such file or folder.\n',
  })
})

test('at a terminal, proposes answers, and repeats the question after an invalid answer', async () => {
  const kubeconfig = path.join(cwd, 'kubeconfig')
  await writeFile(kubeconfig, 'contexts: [{ name: admin@shop }, { name: dev }]\ncurrent-context: admin@shop\n')
  const { code, shown } = await runWidAtTerminal(
    ['init', '-f', 'asked.yaml'],
    [
      ['Kind [private-issuer]: ', '\n'],
      ['digits and hyphens [shop]: ', '\n'],
      ['agent if AWS cannot reach it [direct]: ', '\n'],
      ['AWS account of the deployment: ', '12\n'],
      ['AWS account of the deployment: ', '000000000000\n'],
      ['Namespace of the first workload, such as default [default]: ', '\n'],
      ['such as s3-reader: ', ' s3-reader \n'],
      ['AmazonS3ReadOnlyAccess: ', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\n'],
    ],
    { cwd, env: { AWS_REGION: 'eu-west-1', KUBECONFIG: kubeconfig } },
  )
  expect(shown).toContain('Contexts of your kubeconfig: admin@shop, dev\n')
  expect(shown).toContain('"12" is not of the right form.')
  expect(code).toBe(0)
  const parsed = parseSetupRequest(parse(await written('asked.yaml')), deployment)
  expect(parsed).toMatchObject({
    ok: true,
    request: {
      cluster: { name: 'shop', provider: 'existing' },
      discovery: { hosting: 'deployment' },
      workloads: [{ namespace: 'default', serviceAccount: 's3-reader' }],
    },
  })
})

test('in the folder of a sandbox, proposes its region and account', async () => {
  const sandbox = path.join(cwd, 'with-sandbox')
  await mkdir(path.join(sandbox, '.sandbox'), { recursive: true })
  const aws = { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', accountId: '000000000000' }
  const description = {
    api: 'http://127.0.0.1:1',
    aws: { ...aws, accessKeyId: 'a', secretAccessKey: 's' },
    kubeconfigs: {},
  }
  await writeFile(path.join(sandbox, '.sandbox', 'sandbox.json'), JSON.stringify(description))
  const given = options.filter((_, index) => !['--region', '--account'].includes(options[index - (index % 2)] ?? ''))
  const { code, shown } = await runWidAtTerminal(
    ['init', '-f', 'proposed.yaml', ...given],
    [
      ['such as eu-west-1 [eu-west-1]: ', '\n'],
      ['AWS account of the deployment [000000000000]: ', '\n'],
    ],
    { cwd: sandbox },
  )
  expect([code, shown]).toEqual([0, expect.stringContaining('Wrote proposed.yaml.')])
  expect(await written('with-sandbox/proposed.yaml')).toContain('secretsmanager:eu-west-1:000000000000:secret:')
})

test.for([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
] as const)('%s ends the questions without writing a file', async ([_, key]) => {
  const args = ['init', '-f', 'left.yaml']
  const { code, shown } = await runWidAtTerminal(args, [['Kind [private-issuer]: ', key]], { cwd })
  expect({ code, shown }).toEqual({
    code: 130,
    shown: expect.stringContaining('There is no answer: nothing was done.'),
  })
  await expect(written('left.yaml')).rejects.toThrow('ENOENT')
})
