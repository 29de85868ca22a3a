import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import * as z from 'zod'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { type System, system } from '../e2e/support/system.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { integrations } from './support/install.ts'
import { runProgram } from './support/run.ts'

const folder = path.join(integrations, 'github')

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  await mkdir(path.join(directory.path, 'bin'))
  await symlink(path.resolve(integrations, '../cli/wid.mjs'), path.join(directory.path, 'bin/wid'))
})
afterAll(() => directory?.remove())

/** Runs the script of the action, with the files of a runner. */
async function send(body: unknown, planOnly: boolean, generations = '') {
  const files = { GITHUB_STEP_SUMMARY: 'summary.md', GITHUB_OUTPUT: 'output' }
  for (const file of Object.values(files)) await rm(path.join(directory.path, file), { force: true })
  await writeFile(path.join(directory.path, 'request.yaml'), stringify(body))
  const env = {
    ...files,
    PATH: `${path.join(directory.path, 'bin')}${path.delimiter}${process.env.PATH}`,
    WID_API: running.api,
    FILE: 'request.yaml',
    PLAN_ONLY: String(planOnly),
    GENERATIONS: generations,
    COMMENT: 'comment.md',
  }
  const { code, out } = await runProgram([path.join(folder, 'apply.sh')], { cwd: directory.path, env })
  const [summary, output] = await Promise.all(
    Object.values(files).map((file) => readFile(path.join(directory.path, file), 'utf8')),
  )
  return { code, out, summary, output }
}

/** Runs actionlint in a repository that uses the action. */
async function lint(workflow: string) {
  const repository = path.join(directory.path, 'repository')
  const workflows = path.join(repository, '.github/workflows')
  await mkdir(workflows, { recursive: true })
  await mkdir(path.join(repository, '.git'), { recursive: true })
  await cp(folder, path.join(repository, 'integrations/github'), { recursive: true })
  await writeFile(path.join(workflows, 'workload-identity.yml'), workflow)
  return actionlint(repository)
}

function actionlint(cwd: string) {
  const program = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'
  return runProgram(['go', 'run', program, '-shellcheck=', '-pyflakes='], { cwd })
}

it('actionlint accepts the workflows of this repository', async () => {
  expect(await actionlint(path.resolve(import.meta.dirname, '../..'))).toMatchObject({ code: 0, out: '' })
}, 300_000)

it('actionlint accepts the action and the workflow, and refuses an unknown input', async () => {
  const workflow = await readFile(path.join(folder, 'workflow.yml'), 'utf8')
  expect(await lint(workflow)).toMatchObject({ code: 0, out: '' })
  const { code, out } = await lint(workflow.replace('plan-only:', 'plan_only:'))
  expect([code, out]).toEqual([1, expect.stringContaining('input "plan_only" is not defined in action')])
}, 300_000)

it('a pull request gets the plan in the summary of its job and as a comment, and changes nothing', async () => {
  const own = await existingCluster(running, 'github-plan')
  const { code, out, summary, output } = await send(own.body(), true)
  expect(code, out).toBe(0)
  expect(summary).toContain('### wid diff: 1 of 1 cluster would change')
  expect(summary).toContain(own.roleArn)
  expect(output).toBe('exit-code=4\n')
  expect(summary).toContain(await readFile(path.join(directory.path, 'comment.md'), 'utf8'))
  expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)
})

it('a later plan replaces the comment of the earlier one, but no comment of a person', async () => {
  const marker = '<!-- wid diff clusters%2F -->'
  const comments = [{ id: 1, user: { type: 'User' }, body: `${marker}\nmine` }]
  const server = createServer(async (request, response) => {
    const { body } = z
      .object({ body: z.string() })
      .catch({ body: '' })
      .parse(JSON.parse((await text(request)) || '{}'))
    const changed = comments.find(({ id }) => request.url === `/repos/acme/clusters/issues/comments/${id}`)
    if (request.method === 'PATCH' && changed) changed.body = body
    if (request.method === 'POST') comments.push({ id: comments.length + 1, user: { type: 'Bot' }, body })
    const isAllowed = request.headers.authorization === 'Bearer token'
    response.writeHead(isAllowed ? 200 : 403).end(JSON.stringify(request.method === 'GET' ? comments : {}))
  })
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`
  const comment = async (plan: string, GITHUB_TOKEN = 'token') => {
    await writeFile(path.join(directory.path, 'comment.md'), plan)
    const of = { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'acme/clusters', PULL_REQUEST: '7', FILE: 'clusters/' }
    const env = { ...of, GITHUB_TOKEN, COMMENT: 'comment.md' }
    return runProgram([process.execPath, path.join(folder, 'comment.mjs')], { cwd: directory.path, env })
  }
  try {
    for (const plan of ['first', 'second']) expect(await comment(plan)).toMatchObject({ code: 0 })
    expect(comments.map(({ body }) => body)).toEqual([`${marker}\nmine`, `${marker}\nsecond`])
    expect((await comment('third', 'other')).err).toContain('The job needs "pull-requests: write".')
  } finally {
    server.close()
  }
})

it('a merge applies the approved plan of its pull request, and nothing if the spec has changed since', async () => {
  const own = await existingCluster(running, 'github-approved')
  await send(own.body(), true)
  const planned = await readFile(path.join(directory.path, 'comment.md'), 'utf8')
  const comment = { user: { type: 'Bot' }, body: `<!-- wid diff request.yaml -->\n${planned}` }
  const answers: Record<string, unknown> = {
    '/repos/acme/clusters/commits/abc/pulls': [{ number: 6 }, { number: 7, merged_at: '2026-11-30T12:00:00Z' }],
    '/repos/acme/clusters/commits/direct/pulls': [],
    '/repos/acme/clusters/issues/7/comments?per_page=100&page=1': [
      { user: { type: 'User' }, body: `${comment.body.split('\n')[0]}\n<!-- generations ${own.name}=9 -->` },
      comment,
    ],
  }
  const server = createServer(({ url = '' }, response) => response.end(JSON.stringify(answers[url] ?? 'unknown')))
  const url = `http://127.0.0.1:${await listenOnFreePort(server)}`
  const approved = async (COMMIT: string) => {
    const of = { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'acme/clusters', GITHUB_TOKEN: 'token', FILE: 'request.yaml' }
    return runProgram([process.execPath, path.join(folder, 'approved.mjs')], {
      cwd: directory.path,
      env: { ...of, COMMIT },
    })
  }
  try {
    const { out } = await approved('abc')
    expect(out).toBe(`${own.name}=0`)
    expect((await send(own.body(), false, out)).code).toBe(0)
    const stale = await send(own.body({ 'webhook.failurePolicy': 'Fail' }), false, out)
    expect([stale.code, stale.output]).toEqual([6, 'exit-code=6\n'])
    expect(stale.summary).toContain('the spec has the generation 1')
    const direct = await approved('direct')
    expect([direct.code, direct.err]).toEqual([1, expect.stringContaining('Bring the change by a pull request')])
  } finally {
    server.close()
  }
})

it('a merge sets the cluster up, with the proof in the summary', async () => {
  const own = await existingCluster(running, 'github-apply')
  const { code, out, summary } = await send(own.body(), false)
  expect(code, out).toBe(0)
  expect(out).toContain(`${own.name} is set up and verified`)
  expect(summary).toContain('    Proof for system:serviceaccount:reports:exporter')
})

it('a refusal by the API fails the job with the exit code of wid, and is in the summary', async () => {
  const own = await existingCluster(running, 'github-refused')
  const { code, summary, output } = await send(own.body({ 'workloads.0.namespace': 'Not_A_Name' }), false)
  expect(code).toBe(3)
  expect(output).toBe('exit-code=3\n')
  expect(summary).toContain('workloads[0].namespace')
})
