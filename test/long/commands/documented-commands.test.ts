/** Runs the commands of the pages unchanged, as a reader would, in a sandbox that `npm start` has started. */
import { spawn } from 'node:child_process'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { session } from '../../docs/command-list.ts'
import { processesOn } from '../../sandbox/support/processes.ts'
import { Started } from '../../sandbox/support/start.ts'

const root = path.resolve(import.meta.dirname, '../../..')
/** The reader's working folder, below .sandbox/ of the repository, with a separate sandbox. */
const folder = path.join(root, '.sandbox', `commands-${process.pid}`)
const description = z.object({ api: z.url() })

let api = ''

/** Any credentials: the sandbox's port signs the requests. */
const credentials = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'any' }

/** Programs in the reader's PATH: those of this checkout. `npm` runs in the repository's root. */
const programs: Readonly<Record<string, string>> = {
  wid: `exec "${process.execPath}" "${root}/cli/main.ts" "$@"`,
  npx: 'exec "$@"',
  npm: `PATH="\${PATH#*:}" exec npm --prefix "${root}" "$@"`,
}

async function makeFolder(): Promise<void> {
  const bin = path.join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  await symlink(path.join(root, 'examples'), path.join(folder, 'examples'))
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(path.join(bin, name), `#!/usr/bin/env bash\n${text}\n`)
    await chmod(path.join(bin, name), 0o755)
  }
}

interface Running {
  readonly shown: () => string
  readonly ended: Promise<number | null>
}

/** Runs a command of the sandbox in the reader's folder. npm would run it in the root, which has another sandbox. */
function withoutNpm(line: string): string {
  return line.replace(/^npm run sandbox -- /, `"${process.execPath}" "${root}/sandbox/commands.ts" `)
}

/** Runs a line of a page in the reader's shell, with the URL of this sandbox instead of the documented one. */
function run(line: string): Running {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', withoutNpm(line).replaceAll('http://127.0.0.1:8080', api)], {
    cwd: folder,
    env: {
      HOME: folder,
      PATH: `${path.join(folder, 'bin')}:${process.env.PATH}`,
      WID_API: api,
      NO_COLOR: '1',
      ...credentials,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (shown += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { shown: () => shown, ended }
}

beforeAll(async () => {
  await makeFolder()
  const state = path.join(folder, '.sandbox', 'state')
  const started = new Started(['sandbox/main.ts', '--state', state], 19_000 + (process.pid % 1000))
  await vi.waitFor(() => expect(started.printed).toContain('Serving until Ctrl-C'), { timeout: 230_000, interval: 200 })
  api = description.parse(JSON.parse(await readFile(path.join(folder, '.sandbox', 'sandbox.json'), 'utf8'))).api
}, 240_000)

afterAll(async () => {
  for (const { pid } of await processesOn(folder)) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

it('sets up a cluster with a private issuer by the two commands of the tour', async () => {
  const applied = run('npx wid apply --yes -f examples/kubeadm.yaml')
  const line = () => /npm run sandbox -- issuers edge-1 https:\S+ https:\S+/.exec(applied.shown())?.[0] ?? ''
  await vi.waitFor(() => expect(line(), applied.shown()).not.toBe(''), { timeout: 60_000, interval: 100 })
  const changed = run(line())
  expect([await changed.ended, changed.shown()]).toEqual([0, expect.stringContaining('From now on')])
  expect(await applied.ended, applied.shown()).toBe(0)
  expect(applied.shown()).toContain('Proof for system:serviceaccount:default:s3-reader')
})

it.each(Object.entries(session))('%s', async (line, shows) => {
  const { ended, shown } = run(line)
  expect(await ended, shown()).toBe(0)
  expect(shown()).toContain(shows)
})
