import { mkdtemp, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { CreateAccessKeyCommand, DeleteAccessKeyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { signer } from '../../cli/api/sign.ts'
import { setEnvironment } from '../support/environment.ts'
import { localServer } from '../support/network/local-server.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { iamClient } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { type System, system } from './support/system.ts'
import { wid, widOnTerminal } from './support/wid.ts'

const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
})
afterAll(() => directory?.remove())

async function fileOf(...bodies: readonly unknown[]): Promise<string> {
  const file = path.join(directory.path, `${Math.random().toString(36).slice(2)}.yaml`)
  await writeFile(file, bodies.map((body) => stringify(body)).join('---\n'))
  return file
}

/** Sets up a cluster with `wid apply`. */
async function setUp(purpose: string): Promise<ExistingCluster> {
  const own = await existingCluster(running, purpose)
  const { code, out, err } = await wid(running, ['apply', '--yes', '-f', await fileOf(own.body())])
  expect(code, out + err).toBe(0)
  return own
}

function documentsIn(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('wid apply', () => {
  it('starts nothing when a request of the last file is invalid, and names every mistake', async () => {
    const own = await existingCluster(running, 'cli-unsent')
    const wrong = await fileOf(
      own.body({ 'cluster.name': `${own.name}-2`, 'cluster.proxyUrl': 'ftp://x' }),
      own.body({ 'cluster.name': `${own.name}-3`, 'workloads.0.role.policyArn': s3 }),
    )
    const { code, err } = await wid(running, ['apply', '--yes', '-f', await fileOf(own.body()), wrong])
    expect(code).toBe(3)
    expect(err).toMatch(new RegExp(`^${wrong}:\\d+:\\d+: document 1: cluster\\.proxyUrl `, 'm'))
    expect(err).toMatch(/^The request is not valid:\n/)
    expect(err).toMatch(
      new RegExp(`^${wrong}:\\d+:\\d+: document 2: workloads\\[0\\]\\.role\\.policyArn is not a known field`, 'm'),
    )
    const missing = await wid(running, ['apply', '--yes', '-f', 'absent-1.yaml', '-f', 'absent-2.yaml'])
    expect([missing.code, missing.err]).toEqual([2, expect.stringMatching(/absent-1\.yaml.*\n.*absent-2\.yaml/)])
    expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)
  })

  it('sets up each request of a folder, shows each step once, prints the proofs, and refuses two requests for one cluster', async () => {
    const [one, other] = [await existingCluster(running, 'cli-folder'), await existingCluster(running, 'cli-beside')]
    const folder = await mkdtemp(path.join(directory.path, 'folder-'))
    await writeFile(path.join(folder, 'a.yaml'), stringify(one.body()))
    await writeFile(path.join(folder, 'b.json'), JSON.stringify(other.body()))
    const twice = await wid(running, ['apply', '--yes', '-f', folder, '-f', '-'], { input: stringify(one.body()) })
    expect([twice.code, twice.err]).toEqual([
      2,
      expect.stringContaining(
        `-:1:1: is a second request for the cluster ${one.name}; the first is at ${folder}/a.yaml`,
      ),
    ])
    expect((await fetch(`${running.api}/v1/clusters/${one.name}`)).status).toBe(404)
    const { code, out } = await wid(running, ['apply', '--yes', '-f', folder])
    expect(code, out).toBe(0)
    for (const { name, roleArn } of [one, other]) {
      expect(out).toContain(`${name} is set up and verified`)
      expect(out).toContain(`  role      ${roleArn}`)
    }
    expect(out.match(/✔ RegisterOidc/g)).toHaveLength(2)
    expect((await wid(running, ['apply', '--yes', '-f', folder])).out).toContain('nothing changed')
  })

  it('accepts several files and standard input, continues after a failed request, shows the fix, and prints a summary', async () => {
    const [failing, good] = [await existingCluster(running, 'cli-failed'), await existingCluster(running, 'cli-after')]
    failing.cluster.faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/exporter*', times: 1 })
    const file = await fileOf(good.body())
    const input = JSON.stringify(failing.body())
    const { code, out } = await wid(running, ['apply', '--yes', '-f', '-', '-f', file], { input })
    expect([code, out]).toEqual([1, expect.stringContaining(`${good.name} is set up and verified`)])
    expect(out).toMatch(
      new RegExp(`^${failing.name}: setup failed in BindKsa for reports/exporter \\(AccessDenied\\)$`, 'm'),
    )
    expect(out).toMatch(/^ {2}to do {5}\S/m)
    const [heading, , ...rows] = out.trimEnd().split('\n').slice(-4)
    expect(heading).toBe('1 of 2 requests are done')
    expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
      [failing.name, 'failed', expect.stringMatching(/^[\d.]+ s$/), '-'],
      [good.name, 'done', expect.stringMatching(/^[\d.]+ s$/), file],
    ])
  })

  it('on a terminal shows the plan, prompts, and draws the progress; without a terminal it needs --yes', async () => {
    const own = await existingCluster(running, 'cli-asked')
    const file = await fileOf(own.body())
    const unconfirmed = await wid(running, ['apply', '-f', file])
    expect([unconfirmed.code, unconfirmed.err]).toEqual([
      2,
      'Standard input is not a terminal, so the command cannot prompt. Use --yes.\n',
    ])
    expect(unconfirmed.out).toBe('')
    const refused = await widOnTerminal(running, ['apply', '-f', file], ['n'])
    expect(refused.code).toBe(1)
    expect(stripVTControlCharacters(refused.shown)).toContain(`would create ${own.roleArn}`)
    expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)

    const { code, shown } = await widOnTerminal(running, ['apply', '-f', file], ['y'])
    expect(code).toBe(0)
    expect(stripVTControlCharacters(shown)).toContain('Ctrl-C stops watching')
    expect(stripVTControlCharacters(shown)).toMatch(/reports\/exporter {2}✔ CreateRole/)
    expect(shown).toContain(`${own.name} is set up and verified`)
  })

  it('starts nothing when Ctrl-C answers the prompt', async () => {
    const own = await existingCluster(running, 'cli-left')
    const { code, shown } = await widOnTerminal(running, ['apply', '-f', await fileOf(own.body())], ['\u0003'])
    expect([code, shown]).toEqual([130, expect.stringContaining('There is no answer: nothing was done.')])
    expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)
  })

  it('waits for another change of the cluster; a teardown is refused, and shows how to watch the change', async () => {
    const own = await existingCluster(running, 'cli-busy')
    const { documents } = own
    own.documents = {}
    const holder = (await running.start(own.body())).split('/').at(-1)
    const { code, err } = await wid(running, ['teardown', '--yes', own.name])
    expect(code).toBe(3)
    expect(err).toContain(`see: wid watch ${holder}`)
    const applied = await wid(running, ['apply', '--yes', '-f', await fileOf(own.body())], {
      meanwhile: async (child) => {
        await new Promise<void>((resolve) =>
          child.stdout?.on('data', (data) => String(data).includes('waits for operation') && resolve()),
        )
        own.documents = documents
      },
    })
    expect(applied.code, applied.err).toBe(0)
    expect(applied.out).toContain(`waits for operation ${holder}, which is changing the cluster`)
    expect(applied.out).toContain(`${own.name} is set up and verified`)
  })
})

describe('wid apply --parallel', () => {
  it('begins each line with the name of the cluster, and continues after a failed request', async () => {
    const all = [await existingCluster(running, 'cli-side'), await existingCluster(running, 'cli-by-side')]
    const [failing, good] = all
    failing?.cluster.faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/exporter*', times: 1 })
    const file = await fileOf(...all.map((own) => own.body()))
    const { code, out } = await wid(running, ['apply', '--yes', '--parallel', '2', '-f', file])
    expect(code, out).toBe(1)
    const [lines = '', summary] = out.split('\n\n1 of 2 requests are done\n')
    expect(summary).toMatch(/^ {2}CLUSTER +OUTCOME +TOOK +FILE\n/)
    const names = new Set(lines.split('\n').map((line) => line.split(' ')[0]))
    expect(names).toEqual(new Set(all.map(({ name }) => name)))
    expect(lines).toContain(`  ${good?.name} is set up and verified`)
  })

  it('at Ctrl-C shows for each started cluster how to watch it, and starts no other', async () => {
    const all: ExistingCluster[] = []
    for (const purpose of ['cli-left-1', 'cli-left-2', 'cli-left-3']) all.push(await existingCluster(running, purpose))
    for (const own of all) own.documents = {}
    const file = await fileOf(...all.map((own) => own.body()))
    const { code, out, err } = await wid(running, ['apply', '--yes', '--parallel', '2', '-f', file], {
      meanwhile: async (child) => {
        let shown = ''
        await new Promise<void>((resolve) =>
          child.stdout?.on('data', (data: Buffer) => {
            shown += data
            if (all.slice(0, 2).every(({ name }) => shown.includes(name))) resolve()
          }),
        )
        child.kill('SIGINT')
      },
    })
    expect(code).toBe(130)
    const ids = all.slice(0, 2).map(({ name }) => {
      const [, id = ''] =
        new RegExp(`^${name}: The operation continues\\. Watch it again with "wid watch (\\S+)"`, 'm').exec(err) ?? []
      return id
    })
    for (const id of ids) expect((await wid(running, ['cancel', id])).code).toBe(0)
    expect(out).toMatch(new RegExp(`^ {2}${all[2]?.name} +not started`, 'm'))
    expect((await fetch(`${running.api}/v1/clusters/${all[2]?.name}`)).status).toBe(404)
  })
})

describe('wid diff', () => {
  it('exits with 4 while a setup would write something, and with 0 after apply, whose JSON has each step and the operation', async () => {
    const own = await existingCluster(running, 'cli-diff')
    const file = await fileOf(own.body())
    const before = await wid(running, ['diff', '-f', file])
    expect([before.code, before.out]).toEqual([4, expect.stringContaining(`would create ${own.roleArn}`)])
    expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)
    const comment = await wid(running, ['diff', '--output', 'markdown', '-f', file])
    expect(comment).toMatchObject({ code: 4, err: '' })
    expect(comment.out).toMatch(/^### wid diff: 1 of 1 cluster would change\n\n- ` /)
    expect(comment.out).toContain(`would create ${own.roleArn}`)
    const applied = await wid(running, ['apply', '--yes', '--output', 'json', '-f', file])
    expect(applied.code).toBe(0)
    const documents = documentsIn(applied.out)
    expect(documents.at(-1)).toMatchObject({ type: 'operation', cluster: own.name, status: 'succeeded' })
    expect(documents.slice(0, -1)).toContainEqual(
      expect.objectContaining({
        type: 'step',
        step: expect.objectContaining({ state: 'Verify', status: 'succeeded' }),
      }),
    )
    expect((await wid(running, ['diff', '-f', file])).code).toBe(0)
  })
})

describe('wid watch', () => {
  it('stops at Ctrl-C and after --timeout, shows how to resume, and the operation continues; wid cancel stops it', async () => {
    const own = await existingCluster(running, 'cli-watched')
    own.documents = {}
    const id = (await running.start(own.body())).split('/').at(-1) ?? ''
    const late = await wid(running, ['watch', own.name, '--timeout', '0.5'])
    expect(late.code).toBe(5)
    expect(late.err).toContain(`Watch it again with "wid watch ${id}"`)

    const stopped = await wid(running, ['watch', id], {
      meanwhile: async (child) => {
        await new Promise((resolve) => child.stdout?.once('data', resolve))
        child.kill('SIGINT')
      },
    })
    expect(stopped.code).toBe(130)
    expect(stopped.out).toContain('… CheckCluster waits: ')
    expect(stopped.err).toContain(`stop it with "wid cancel ${id}"`)

    expect((await wid(running, ['cancel', id])).out).toBe(`setup ${id} is cancelled. Created objects remain.\n`)
    expect((await wid(running, ['watch', id])).code).toBe(1)
  })
})

describe('a cluster that is set up', () => {
  /** Each test uses the state that the previous one left. */
  let own: ExistingCluster
  /** An edit that one test applies, and that stays. */
  const longer = { 'workloads.0.role.maxSessionSeconds': 3600 }

  beforeAll(async () => {
    own = await setUp('cli-kept')
  })

  it('has a history, and wid apply --generation restores an earlier spec; removals need --prune', async () => {
    const two = own.body({ 'workloads.1': { namespace: 'reports', serviceAccount: 'later', role: { policyArns: [] } } })
    expect((await wid(running, ['apply', '--yes', '-f', await fileOf(two)])).code).toBe(0)
    const { code, out } = await wid(running, ['history', own.name])
    expect(code).toBe(0)
    const [headings, newest, first] = out.split('\n')
    expect(headings).toMatch(/^GENERATION +WRITTEN +BY +OPERATION +OUTCOME +CHANGES$/)
    expect(newest).toMatch(/^2 .* succeeded +added reports\/later$/)
    expect(first).toMatch(/^1 .* succeeded +first spec, 1 workload$/)
    expect(documentsIn((await wid(running, ['history', own.name, '--output', 'json'])).out)).toMatchObject([
      { generation: 2, changes: { added: [{ serviceAccount: 'later' }] } },
      { generation: 1 },
    ])

    const back = ['apply', '--yes', '--generation', '1', own.name]
    const refused = await wid(running, back)
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('would remove reports/later. Add --prune')])
    const done = await wid(running, [...back, '--prune'])
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('DeleteRole')])
    const after = await wid(running, ['history', own.name])
    expect(after.out.split('\n')[1]).toMatch(/^3 .* succeeded +removed reports\/later$/)
    expect((await wid(running, ['apply', '--yes', '--generation', '9', own.name])).err).toContain('now 1 to 3')
  })

  it('refuses an approved plan for another generation, with exit status 6', async () => {
    const file = await fileOf(own.body({ 'webhook.failurePolicy': 'Fail' }))
    const plan = await wid(running, ['diff', '-f', file])
    expect([plan.code, plan.out]).toEqual([4, expect.stringContaining('"wid apply --if-generation 3"')])
    const other = await fileOf(own.body(longer))
    expect((await wid(running, ['apply', '--yes', '--if-generation', '3', '-f', other])).code).toBe(0)
    const stale = await wid(running, ['apply', '--yes', '--if-generation', '3', '-f', file])
    expect([stale.code, stale.err]).toEqual([6, expect.stringContaining('the spec has the generation 4')])
    expect(stale.err).toContain(`"wid history ${own.name}" shows what has changed since`)
    expect((await widOnTerminal(running, ['apply', '--if-generation', '3', '-f', file])).code).toBe(6)
    expect(await wid(running, ['apply', '-f', file, '--generation', '1'])).toMatchObject({ code: 2 })
  })

  it('is compared with a file by wid drift -f, which exits with 4 when the file differs from the spec', async () => {
    const same = await wid(running, ['drift', '-f', await fileOf(own.body(longer))])
    expect([same.code, same.out]).toEqual([0, expect.stringContaining('Everything is as the spec says.')])
    const file = await fileOf(own.body({ ...longer, 'webhook.failurePolicy': 'Fail' }))
    const { code, out } = await wid(running, ['drift', '-f', file])
    expect([code, out]).toEqual([4, expect.stringContaining(`${file}: one difference from the recorded spec`)])
    expect(out).toMatch(/webhook\.failurePolicy\n +file: Fail\n +spec: Ignore\n/)
    const json = documentsIn((await wid(running, ['drift', '--output', 'json', '-f', file])).out)
    expect(json.at(-1)).toMatchObject({
      type: 'file',
      cluster: own.name,
      differences: [{ file: 'Fail', spec: 'Ignore' }],
    })
    expect((await wid(running, ['drift', own.name, '-f', file])).code).toBe(2)
  })

  it('loses a workload that is no longer in the file only at --prune, as wid diff reports', async () => {
    const two = own.body({
      ...longer,
      'workloads.1': { namespace: 'reports', serviceAccount: 'left', role: { policyArns: [] } },
    })
    expect((await wid(running, ['apply', '--prune', '--yes', '-f', await fileOf(two)])).code).toBe(0)
    const file = await fileOf(own.body(longer))
    const unpruned = await wid(running, ['apply', '--yes', '-f', file])
    expect([unpruned.code, unpruned.out]).toEqual([
      0,
      expect.stringContaining('1 recorded workload is not in these files'),
    ])
    const seen = await wid(running, ['diff', '--prune', '-f', file])
    expect([seen.code, seen.out]).toEqual([4, expect.stringMatching(/would delete .*left/)])
    const done = await wid(running, ['apply', '--prune', '--yes', '-f', file])
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('DeleteRole')])
    expect(await wid(running, ['diff', '--prune', '-f', file])).toMatchObject({ code: 0 })
    const listed = await (await fetch(`${running.api}/v1/workloads?cluster=${own.name}`)).json()
    expect(listed).toMatchObject({ workloads: [{ namespace: 'reports' }] })
    expect(listed).not.toMatchObject({ workloads: [{}, {}] })
  })

  it('retains the workload of another manager at --prune, and a file changes it only with --take-over', async () => {
    const apply = async (body: unknown, ...options: readonly string[]) =>
      wid(running, ['apply', '--yes', ...options, '-f', await fileOf(body)])
    expect((await wid(running, ['workload', 'add', own.name, 'reports/second', '--policy', s3])).code).toBe(0)
    const pruned = await apply(own.body(longer), '--prune')
    expect([pruned.code, pruned.out]).toEqual([0, expect.not.stringContaining('DeleteRole')])
    const row = async () => (await wid(running, ['get', 'workloads', own.name])).out.match(/reports\/second.*/)?.[0]
    expect(await row()).toMatch(/^reports\/second +ready +api /)

    const second = { namespace: 'reports', serviceAccount: 'second', role: { policyArns: [] } }
    const other = own.body({ ...longer, 'workloads.1': second })
    for (const options of [[], ['--prune']]) {
      const refused = await apply(other, ...options)
      expect([refused.code, refused.err]).toEqual([
        3,
        expect.stringMatching(/api declares the workload reports\/second with another role.*--take-over/s),
      ])
    }
    expect((await wid(running, ['diff', '-f', await fileOf(other)])).code).toBe(3)
    expect((await apply(other, '--take-over')).code).toBe(0)
    expect(await row()).toMatch(/^reports\/second +ready +file /)
    expect((await apply(own.body(longer), '--prune')).out).toContain('DeleteRole')
    expect(await row()).toBeUndefined()
  })

  it('is shown by get and status', async () => {
    expect((await wid(running, ['get', 'clusters'])).out).toMatch(new RegExp(`^${own.name} +ready +existing +2`, 'm'))
    expect((await wid(running, ['get', 'operations', '--cluster', own.name])).out).toMatch(/ setup +\S+ +succeeded/)
    const workloads = await wid(running, ['get', 'workloads'])
    expect(workloads.out).toMatch(
      new RegExp(`^${own.name} +reports/exporter +ready +file +2\\S+ +${own.roleArn}$`, 'm'),
    )
    const status = await wid(running, ['status', own.name])
    expect(status.code).toBe(0)
    expect(status.out).toMatch(/✔ ProviderRegistered/)
    expect(status.out).not.toContain('credentials are valid until')
    expect(status.out).toMatch(/^ {2}webhook +own-ca, certificate valid from 2\S+Z until 2\S+Z$/m)
    const listed = documentsIn((await wid(running, ['get', 'workloads', own.name, '--output', 'json'])).out)
    expect(listed.map(({ cluster }) => cluster)).toEqual([own.name])
    expect(listed).toMatchObject([{ namespace: 'reports', serviceAccount: 'exporter', roleArn: own.roleArn }])
    const elsewhere = await wid(running, ['get', 'workloads', own.name, '--namespace', 'elsewhere'])
    expect(elsewhere.out).toBe('There are none.\n')
  })

  it('can be verified for one workload', async () => {
    const { code, out } = await wid(running, ['verify', own.name, 'reports/exporter'])
    expect([code, out.match(/^Proof for /gm)?.length]).toEqual([0, 1])
  })

  it('has a manifest for kubectl', async () => {
    const { out } = await wid(running, [
      'manifest',
      own.name,
      'reports/exporter',
      '--kind',
      'Deployment',
      '--name',
      'web',
    ])
    expect(out).toMatch(/^kind: Deployment$/m)
    expect(out).toMatch(/^ {2}name: web$/m)
  })

  it('gets another workload, which wid workload remove removes', async () => {
    const added = await wid(running, ['workload', 'add', own.name, 'reports/second', '--policy', s3])
    expect([added.code, added.out.match(/^Proof for .*reports:second$/gm)?.length]).toEqual([0, 1])
    const applied = await wid(running, ['apply', '--yes', '-f', await fileOf(own.body(longer))])
    expect([applied.code, applied.out]).toEqual([
      0,
      expect.stringContaining('1 recorded workload is not in these files: reports/second'),
    ])
    expect(applied.out).toContain(`      wid workload remove ${own.name} reports/second\n`)
    const reported = await wid(running, ['workload', 'remove', own.name, 'reports/second', '--dry-run'])
    expect([reported.code, reported.out]).toEqual([0, expect.stringContaining('nothing was changed')])
    const removed = await wid(running, ['workload', 'remove', own.name, 'reports/second', '--yes'])
    expect([removed.code, removed.out]).toEqual([
      0,
      expect.stringContaining(`reports/second is removed from ${own.name}`),
    ])
  })

  it('supports --dry-run of upgrade and rotate', async () => {
    const upgraded = await wid(running, ['upgrade', own.name, '--failure-policy', 'Fail', '--dry-run'])
    expect([upgraded.code, upgraded.out]).toEqual([4, expect.stringContaining('failurePolicy')])
    const rotated = await wid(running, ['rotate', '--dry-run'])
    expect(rotated.out).toContain(`  unchanged ${own.name}`)
  })

  it('refuses an upgrade whose spec another caller has changed meanwhile, with exit status 6', async () => {
    const other = await fileOf(own.body({ 'workloads.0.role.maxSessionSeconds': 7200 }))
    // Forwards the requests, and changes the spec before it forwards the PUT.
    const front = await localServer(() => async (incoming, outgoing) => {
      const { method = '', url, headers } = incoming
      if (method === 'PUT') await wid(running, ['apply', '--yes', '-f', other])
      const body = method === 'PUT' ? await text(incoming) : null
      const tag = headers['if-match']
      const sent = { 'content-type': 'application/json', ...(tag !== undefined && { 'if-match': tag }) }
      const answer = await fetch(running.api + url, { method, headers: sent, body })
      outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      outgoing.end(await answer.text())
    })
    const { code, err } = await wid({ api: front.url }, ['upgrade', own.name, '--failure-policy', 'Fail'])
    await front.close()
    expect([code, err]).toEqual([6, expect.stringContaining('the spec has the generation')])
    const recorded = await (await fetch(`${running.api}/v1/clusters/${own.name}`)).json()
    expect(recorded).not.toMatchObject({ spec: { webhook: { failurePolicy: 'Fail' } } })
  })

  it('is torn down only when the user types its name', async () => {
    const declined = await widOnTerminal(running, ['teardown', own.name], ['other'])
    expect(declined.code).toBe(1)
    expect(declined.shown).toContain('dry run of a teardown: nothing was changed')
    const { code, shown } = await widOnTerminal(running, ['teardown', own.name], [own.name])
    expect([code, shown]).toEqual([0, expect.stringContaining(`${own.name} is torn down`)])
    const gone = await wid(running, ['status', own.name])
    expect([gone.code, gone.err]).toEqual([3, expect.stringContaining('cluster')])
  })
})

describe('wrong use', () => {
  it.for([
    [['get'], 'Usage: wid get'],
    [['status'], "error: missing required argument 'cluster'"],
    [['verify', 'a', 'b'], '"b" is not a workload: give NAMESPACE/ACCOUNT'],
    [['apply', '-f', 'not-there.yaml'], 'not-there.yaml'],
    [['watch', 'nowhere'], 'There is no operation of a cluster "nowhere" that you may see.'],
    [['drift', 'a', '--output', 'markdown'], '--output markdown is for "wid diff" alone'],
    [['apply', '-f', 'a.yaml', '--parallel', '99'], '--parallel takes a number from 1 to 20, not "99".'],
    [['rotate', '--timeout', 'soon'], '--timeout takes a number of seconds above 0, not "soon".'],
    [['status', 'a', '--api', 'ftp://x'], '"ftp://x" is not the URL of an API'],
  ] as const)('%j exits with 2 and a reason', async ([args, words]) => {
    const { code, err } = await wid(running, args)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
  })

  it('an API that does not answer leads to exit status 1', async () => {
    const { code, err } = await wid({ api: 'http://127.0.0.1:9' }, ['get', 'clusters'])
    expect([code, err]).toEqual([1, expect.stringContaining('The API at http://127.0.0.1:9 does not answer')])
  })
})

describe('a local user', () => {
  it('is refused an action that its role does not allow, with the role that allows it', async () => {
    const { code, err } = await wid(running, ['drift', 'any-cluster'], { user: 'viewer' })
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('start-drift on cluster any-cluster: this requires the role operator'),
    ])
  })

  it('of an unknown name is refused, with the known names', async () => {
    const { code, err } = await wid(running, ['get', 'clusters'], { user: 'nobody' })
    expect([code, err]).toEqual([3, expect.stringContaining('one of administrator, operator, developer, viewer')])
  })
})

describe('a request that the command signs', () => {
  it.for([
    { what: 'is accepted with the key of a caller', secret: undefined, status: 200 },
    { what: 'is refused with another secret', secret: 'a'.repeat(40), status: 403 },
  ])('$what', async ({ secret, status }) => {
    const iam = iamClient(running)
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'administrator' }))
    try {
      const restore = setEnvironment({
        AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: secret ?? key?.SecretAccessKey ?? '',
      })
      expect(await statusOfSigned('/v1/clusters?limit=1').finally(restore)).toBe(status)
    } finally {
      await iam.send(new DeleteAccessKeyCommand({ UserName: 'administrator', AccessKeyId: key?.AccessKeyId }))
      iam.destroy()
    }
  })
})

/** Sends the request to the port of the sandbox's AWS, because only the sandbox resolves the name of the deployed API. */
async function statusOfSigned(path: string): Promise<number | undefined> {
  const { host, port, region } = running.sandbox.deployment.api
  const signed = await signer(region, undefined)(new Request(`http://${host}${path}`))
  return new Promise((resolve, reject) => {
    const headers = { ...Object.fromEntries(signed.headers), host }
    request({ host: '127.0.0.1', port, path, headers }, ({ statusCode }) => resolve(statusCode))
      .on('error', reject)
      .end()
  })
}
