import { readdirSync } from 'node:fs'
import path from 'node:path'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { expect, test } from 'vitest'
import * as z from 'zod'
import setup from '../../examples/setup.json' with { type: 'json' }
import { iamAccesses, memberRoleName } from '../../infra/member/member-names.ts'
import { keyRights } from '../../infra/permissions/kms-keys.ts'
import { steps } from '../../infra/steps.ts'
import { problemKinds } from '../../lambdas/api/problem.ts'
import { parseSetupRequest } from '../../lambdas/api/request/parse-setup.ts'
import { routes } from '../../lambdas/api/routes.ts'
import { InvalidStepInput, stepErrors } from '../../lambdas/errors/step-errors.ts'
import {
  cancelled,
  endOfFailedStart,
  executionLost,
  notApplied,
  tornDown,
} from '../../lambdas/operations/reconcile/operation-end.ts'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { notReached } from '../../lambdas/workflows/rotation/rotation.ts'
import { definitionText, workflowNames } from '../support/workflows/definitions.ts'
import { matches, read, root } from './support.ts'

const readme = read('README.md')
const errors = read('docs/errors.md')
const api = read('docs/api.md')

const notReadyErrors = [...steps.values()].flatMap(({ description: { notReady } }) =>
  notReady ? [notReady.error] : [],
)

const known: readonly string[] = routes.map(({ method, path }) => `${method} ${path}`)

const keyStatement = z.object({
  Principal: z.object({ Service: z.string() }),
  Action: z.array(z.string()),
  Condition: z.unknown(),
})

const roleStatement = z.object({
  Condition: z.object({ ArnLike: z.object({ 'aws:PrincipalArn': z.array(z.string()) }) }),
})

test('the README has at most 200 lines', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(200)
})

test('the request in the README is the one that `npm start` sends, without what creates the cluster', () => {
  const [, request = ''] = /```json\n(.*?)```/s.exec(readme) ?? []
  const { cluster, discovery, workloads } = setup
  const { spec: _spec, nodePools: _nodePools, ...existing } = cluster
  expect(JSON.parse(request)).toEqual({ cluster: existing, discovery, workloads })
})

test('the request in the README is valid', () => {
  const [, request = ''] = /```json\n(.*?)```/s.exec(readme) ?? []
  const deployment = {
    name: '000000000000/eu-west-1/WorkloadIdentity',
    region: 'eu-west-1',
    accountId: '000000000000',
    partition: 'aws',
    secretPrefix: 'workload-identity',
    allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    inlinePolicyActions: [],
    issuerHosts: ['oidc.example.com'],
    memberAccounts: [],
  }
  expect(parseSetupRequest(JSON.parse(request), deployment)).toMatchObject({ ok: true })
})

test('the proof in the README is the one in the transcript', () => {
  const [, proof = ''] = /<!-- proof -->\n\n```\n(.*?)```/s.exec(readme) ?? []
  expect(proof).toContain('Proof for')
  expect(read('docs/getting-started.md')).toContain(proof)
})

test('the page of the API lists exactly the routes', () => {
  const listed = matches(api, /^\| `((?:GET|POST|PUT|DELETE) \/v1\/[^`]+)`/gm)
  expect(listed.toSorted()).toEqual(known.toSorted())
})

test('the page of errors lists exactly the problems of the API, with status and title', () => {
  const listed = matches(errors, /^\| (`[a-z-]+` \| \d{3} \| .*?) \|/gm)
  const known = Object.entries(problemKinds).map(([kind, { status, title }]) => `\`${kind}\` | ${status} | ${title}`)
  expect(listed).toEqual(known)
})

test('the page of the workflows describes exactly the steps', () => {
  const described = matches(read('docs/workflows.md'), /^\| ([A-Z]\w+) \| [A-Z]/gm)
  const isRecord = (state: string) => state.startsWith('Record')
  expect(described.filter((state) => !isRecord(state)).toSorted(), 'run "npm run docs"').toEqual(
    [...steps.keys()].filter((state) => !isRecord(state)).toSorted(),
  )
})

/** The section of a page below a heading of the second level. */
function sectionOf(page: string, heading: string): string {
  return (
    read(page)
      .split(/^## /m)
      .find((section) => section.startsWith(`${heading}\n`)) ?? ''
  )
}

const codeOf = (text: string) => text.match(/^```.*?^```$|`[^`\n]+`/gms)?.toSorted()
const procedure = sectionOf('docs/workflows.md', 'The procedure by hand')

test('every step that the procedure by hand names exists', () => {
  const named = matches(procedure, /`([A-Z]\w+)`/g)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((state) => !steps.has(state))).toEqual([])
})

test('the Japanese procedure by hand has the code of the English one', () => {
  expect(codeOf(sectionOf('docs/ja/README.md', '手作業の手順との対応表'))).toEqual(codeOf(procedure))
})

test('the Japanese tour has the code of the English one', () => {
  expect(codeOf(read('docs/ja/getting-started.md'))).toEqual(codeOf(read('docs/getting-started.md')))
})

test('the page of the architecture shows exactly the folders of lambdas/', () => {
  const [, tree = ''] = /^lambdas\/ .*?\n((?: {2}.*\n)+)/m.exec(read('docs/architecture.md')) ?? []
  const folders = readdirSync(path.join(root, 'lambdas'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  expect(matches(tree, /^ {2}([\w-]+)\//gm).toSorted()).toEqual(folders.map(({ name }) => name).toSorted())
})

const [, keysSection = ''] = read('docs/deployment.md').split(/^### Your own keys$|^### Alarms on unauthorized calls$/m)
const statementsForKeys = matches(keysSection, /^```json\n(.*?)^```$/gms)

test('a statement for policies of keys allows the roles of the stack', () => {
  const { Condition } = roleStatement.parse(JSON.parse(statementsForKeys[0] ?? ''))
  expect(Condition.ArnLike['aws:PrincipalArn']).toContain('arn:aws:iam::ACCOUNT:role/WorkloadIdentity-*')
})

test('the other statements for policies of keys name the log groups of the stack, and only services', () => {
  const printed = statementsForKeys.slice(1).map((text) => keyStatement.parse(JSON.parse(text)))
  expect(printed.map(({ Principal }) => Principal.Service)).toEqual([
    'logs.REGION.amazonaws.com',
    'cloudwatch.amazonaws.com',
  ])
  const [onLogs] = keyRights({ logs: 'any' }, 'REGION', [new PolicyStatement({ actions: ['logs:PutLogEvents'] })])
  expect(printed.map(({ Action }) => Action)).toEqual([onLogs?.actions, ['kms:Decrypt', 'kms:GenerateDataKey*']])
  expect(printed.map(({ Condition }) => Condition)).toEqual([
    {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': ['', '/aws/vendedlogs/*/'].map(
          (folder) => `arn:aws:logs:REGION:ACCOUNT:log-group:${folder}WorkloadIdentity-*`,
        ),
      },
    },
    { StringEquals: { 'aws:SourceAccount': 'ACCOUNT' } },
  ])
})

test('the page of deployments uses the names of the member roles', () => {
  const deployment = read('docs/deployment.md')
  const role = (access: IamAccess) =>
    `:role/${memberRoleName({ stackName: 'STACK', account: 'ACCOUNT', region: 'REGION' }, access)}`
  expect(deployment).toContain(`"arn:aws:iam::*${role('writer')}"`)
  const [, archived = ''] = /"contains":\["(:role\/STACK-[^"]*)"\]/.exec(deployment) ?? []
  expect(archived).not.toBe('')
  for (const access of iamAccesses) expect(role(access)).toContain(archived)
})

test('the page of errors lists exactly the errors of operations', () => {
  const described = matches(errors, /^\| `(\w+)` \|/gm).filter((name) => /^[A-Z]/.test(name))
  const classes = stepErrors.map((StepError) => new StepError({ object: 'o', reason: 'r', action: 'a' }).name)
  const refused = new InvalidStepInput({ object: 'o', reason: 'r', action: 'a' })
  const ofTheRun = [
    endOfFailedStart({ createdAt: new Date(0).toISOString() }, refused, new Date())?.error?.name,
    cancelled('c', undefined).name,
    notApplied('o', 'c', 'failed').name,
    tornDown('c').name,
    executionLost('c').name,
    notReached('c').name,
  ]
  expect(described).toEqual([...classes, ...notReadyErrors, ...ofTheRun].toSorted())
})

test('state machines raise only the errors in descriptions of steps, and ClustersFailed', () => {
  const raised = matches(workflowNames.map(definitionText).join(''), /"Type":"Fail","Error":"(\w+)"|'Error': '(\w+)'/g)
  expect(new Set(raised)).toEqual(new Set([...notReadyErrors, 'ClustersFailed']))
})

test('every route that the page of the workflows names exists', () => {
  const named = matches(read('docs/workflows.md'), /`((?:GET|POST|PUT|DELETE) \/v1\/[^`]+)`/g)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((one) => !known.includes(one))).toEqual([])
})
