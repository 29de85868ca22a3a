import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../support/temporary.ts'

const bootstrap = path.resolve(import.meta.dirname, '../../sandbox/bootstrap.mjs')

/** A clone with only the script and the two lists of packages. Its `bin` contains all programs of the machine. */
let clone: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  clone = await temporaryDirectory()
  await mkdir(at('sandbox'))
  await mkdir(at('bin'))
  for (const file of ['attached.mjs', 'bootstrap.mjs', 'packages.mjs', 'progress.mjs']) {
    await copyFile(path.join(path.dirname(bootstrap), file), at(`sandbox/${file}`))
  }
  await writeFile(at('package-lock.json'), 'npm packages')
  await writeFile(at('sandbox/requirements.txt'), 'Python packages')
})
afterEach(() => clone.remove())

function at(file: string): string {
  return path.join(clone.path, file)
}

/** Writes a shell script that records its arguments. */
async function program(name: string, script = 'exit 0'): Promise<void> {
  await mkdir(path.dirname(at(name)), { recursive: true })
  await writeFile(at(name), `#!/bin/sh\necho "\${0##*/} $*" >> ${at('called')}\n${script}\n`)
  await chmod(at(name), 0o755)
}

/** A clone in which everything is installed. */
async function installed(): Promise<void> {
  await program('bin/npm')
  await program('bin/python3')
  await program('node_modules/.bin/node', 'echo "started $*"; exit 7')
  await program('.sandbox/venv/bin/python')
  await stamp('node_modules', { digest: digestOf('npm packages'), set: 'whole' })
  await stamp('.sandbox/venv', { digest: digestOf('Python packages') })
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

function stamp(target: string, content: object): Promise<void> {
  return writeFile(at(`${target}/.installed-from`), JSON.stringify(content))
}

/** The installing calls of npm, one a line. */
async function npmCalls(): Promise<string[]> {
  return (await called()).split('\n').filter((line) => /^npm (ci|install)/.test(line))
}

function run(...options: readonly string[]): Promise<{ status: number; printed: string }> {
  return started([...options, at('sandbox/bootstrap.mjs'), 'script.ts', '--once'])
}

function started(args: readonly string[]): Promise<{ status: number; printed: string }> {
  // Only programs in the clone's bin exist on this machine. Scripts call other tools by their absolute paths.
  const env = { PATH: at('bin') }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, printed: stdout + stderr })
    })
  })
}

async function called(): Promise<string> {
  return readFile(at('called'), 'utf8').catch(() => '')
}

describe('a start on a machine that lacks something names it, and the command that installs it', () => {
  it('an old Node', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.0' } })"
    const { status, printed } = await run('--import', `data:text/javascript,${encodeURIComponent(old)}`)
    expect(status).toBe(1)
    expect(printed).toMatch(/^Node\.js 20 or newer is needed, and this is 18\.19\.0\. .*"nvm install --lts"/)
  })

  it('no npm', async () => {
    const { status, printed } = await run()
    expect(status).toBe(1)
    expect(printed).toMatch(/^npm is needed and was not found\. .*"apt-get install npm"/)
  })

  it.each([
    ['no Python', undefined, /^Python 3\.10 or newer is needed and was not found\..*"apt-get install python3 /m],
    ['an old Python', 'exit 3', /^Python 3\.10 or newer is needed, and the one that is here is older\..*"apt-get /m],
    [
      'a Python without venv',
      'exit 1',
      /^Python was found, and its venv module was not\..*"apt-get install python3-venv"/m,
    ],
  ])('%s', async (_, python, words) => {
    await installed()
    await writeFile(at('.sandbox/venv/.installed-from'), 'another list')
    await program('bin/python3', python ?? 'exit 127')
    const { status, printed } = await run()
    expect(status).toBe(1)
    expect(printed).toMatch(words)
  })

  it.each([
    ['npm', 'node_modules', /^what went wrong\nnpm ci .* failed: see above\. Correct the cause/m],
    ['python3', '.sandbox/venv', /^what went wrong\npython3 -m venv .* failed: see above\. Correct the cause/m],
  ])('an installation by %s that fails', async (name, target, words) => {
    await installed()
    await writeFile(at(`${target}/.installed-from`), 'another list')
    await program(`bin/${name}`, 'case "$1" in --version|-c) exit 0;; esac; echo what went wrong >&2; exit 5')
    const { status, printed } = await run()
    expect(status).toBe(1)
    expect(printed).toMatch(words)
  })
})

describe('a command that needs no sandbox', () => {
  it('runs on a machine that has no Python', async () => {
    await installed()
    await unlink(at('bin/python3'))
    await unlink(at('.sandbox/venv/bin/python'))
    const { printed } = await started([at('sandbox/bootstrap.mjs'), '--without-python', 'script.ts', '--once'])
    expect(printed).toBe('started script.ts --once\n')
  })

  it('is each command for a deployment', async () => {
    const { scripts } = JSON.parse(await readFile(path.resolve(bootstrap, '../../package.json'), 'utf8'))
    expect(scripts.deployment).toMatch(/^node sandbox\/bootstrap\.mjs --without-python /)
  })
})

describe('the installation of npm packages', () => {
  const runs = (script: string) => started([at('sandbox/bootstrap.mjs'), script])

  beforeEach(async () => {
    await installed()
    await stamp('node_modules', {})
  })

  it('omits developer tools for a trial or a deployment; a later command adds them, and none removes them', async () => {
    await runs('sandbox/main.ts')
    await runs('infra/cost/print-cost.ts')
    expect(await npmCalls()).toEqual([
      expect.stringMatching(/^npm ci --workspace cli --workspace client --include-workspace-root /),
    ])
    await runs('node_modules/vite/bin/vite.js')
    await runs('test/main.ts')
    await runs('test/main.ts')
    await runs('sandbox/main.ts')
    expect((await npmCalls()).slice(1)).toEqual([
      expect.stringMatching(
        /^npm install --no-save --workspace cli --workspace client --workspace portal --include-workspace-root /,
      ),
      expect.stringMatching(/^npm install --no-save --include=dev /),
    ])
  })

  it('keeps the developer tools when a list of packages has changed', async () => {
    await runs('test/main.ts')
    await writeFile(at('package-lock.json'), 'other npm packages')
    await runs('sandbox/main.ts')
    await runs('test/main.ts')
    expect(await npmCalls()).toEqual([
      expect.stringMatching(/^npm ci --include=dev /),
      expect.stringMatching(/^npm ci --include=dev /),
    ])
  })

  it('suffices for a start after a failed addition, and is complete after the next addition', async () => {
    await runs('sandbox/main.ts')
    await program('bin/npm', 'case "$1" in install) exit 5;; esac')
    expect((await runs('test/main.ts')).status).toBe(1)
    await program('bin/npm')
    await runs('sandbox/main.ts')
    await runs('test/main.ts')
    await runs('test/main.ts')
    expect((await npmCalls()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'npm ci',
      'npm install',
      'npm install',
    ])
  })

  describe('after npm ci by hand', () => {
    const packages = {
      '': {},
      cli: { version: '1.0.0' },
      'node_modules/cli': { link: true },
      'node_modules/node': { version: '24.0.0' },
      'cli/node_modules/commander': { version: '2.0.0' },
      'node_modules/for-another-machine': { version: '1.0.0', optional: true },
    }
    const installedBy = async (node: string) => {
      const found = { 'node_modules/node': { version: node }, 'cli/node_modules/commander': { version: '2.0.0' } }
      await writeFile(at('package-lock.json'), JSON.stringify({ packages }))
      await writeFile(at('node_modules/.package-lock.json'), JSON.stringify({ packages: found }))
      await unlink(at('node_modules/.installed-from'))
    }

    it('is skipped', async () => {
      await installedBy('24.0.0')
      await runs('infra/commands.ts')
      await runs('test/main.ts')
      expect(await npmCalls()).toEqual([])
    })

    it('is skipped when the list has changed, and not the packages', async () => {
      await installedBy('24.0.0')
      await stamp('node_modules', { digest: digestOf('another list'), set: 'start' })
      await runs('test/main.ts')
      expect(await npmCalls()).toEqual([])
    })

    it('is repeated when a package has another version', async () => {
      await installedBy('23.0.0')
      await runs('infra/commands.ts')
      expect(await npmCalls()).toHaveLength(1)
    })
  })

  it('names the setting that prevents the install scripts of packages', async () => {
    await program('bin/npm', `case "$1" in ci) /bin/rm -r '${at('node_modules/.bin')}';; esac`)
    const { status, printed } = await runs('sandbox/main.ts')
    expect([status, printed]).toEqual([1, expect.stringContaining('npm config set ignore-scripts false')])
  })

  it('runs once when two commands start at the same time', async () => {
    await program('bin/npm', 'case "$1" in ci) /bin/sleep 1;; esac')
    await Promise.all([runs('sandbox/main.ts'), runs('sandbox/main.ts')])
    expect(await npmCalls()).toHaveLength(1)
  })

  it('runs after a command was killed during its installation', async () => {
    await mkdir(at('.sandbox/installing'))
    const before = new Date(Date.now() - 60_000)
    await utimes(at('.sandbox/installing'), before, before)
    await runs('sandbox/main.ts')
    expect(await npmCalls()).toHaveLength(1)
  })

  it('runs in parallel with that of the Python packages', async () => {
    await stamp('.sandbox/venv', {})
    const waits = (own: string, other: string) =>
      `echo > ${at(own)}; for i in $(/usr/bin/seq 100); do [ -e ${at(other)} ] && break; /bin/sleep 0.1; done; [ -e ${at(other)} ] || exit 6`
    await program('bin/npm', `case "$1" in ci) ${waits('npm-began', 'python-began')};; esac`)
    const made = `/bin/mkdir -p "$3/bin"; /bin/ln -sf /bin/true "$3/bin/python"; ${waits('python-began', 'npm-began')}`
    await program('bin/python3', `case "$2" in venv) ${made};; esac`)
    const { printed } = await runs('sandbox/main.ts')
    expect(printed).toMatch(/^Installing \d+ npm packages \(\d+ MB\) and \d+ Python packages \(\d+ MB\) \.\.\.$/m)
    expect(printed).toContain('started sandbox/main.ts')
  })
})

describe('a start on a machine that has everything', () => {
  it('installs nothing, runs the script on its own Node, and exits with its status', async () => {
    await installed()
    const { status, printed } = await run()
    expect(status).toBe(7)
    expect(printed).toBe('started script.ts --once\n')
    expect(await called()).toBe('node script.ts --once\n')
  })

  it('installs again when a list of packages has changed', async () => {
    await installed()
    await writeFile(at('package-lock.json'), 'other npm packages')
    expect((await run()).printed).toMatch(/^Installing \d+ npm packages \(\d+ MB\) \.\.\.$/m)
    expect(await called()).toContain('npm ci ')
    expect((await run()).printed).toBe('started script.ts --once\n')
  })

  it('creates the virtual environment again when the Python that it links to no longer exists', async () => {
    await installed()
    const made = 'case "$2" in venv) mkdir -p "$3/bin"; ln -s /bin/true "$3/bin/python";; esac'
    await program('bin/python3', `PATH=/usr/bin:/bin; ${made}`)
    await unlink(at('.sandbox/venv/bin/python'))
    await symlink('/no/such/python', at('.sandbox/venv/bin/python'))
    expect((await run()).printed).toMatch(/^Installing \d+ Python packages \(\d+ MB\) \.\.\.$/m)
    expect((await run()).printed).toBe('started script.ts --once\n')
  })

  it('ends the script when npm is killed, although its shell forwards no signal', async () => {
    await installed()
    await program(
      'node_modules/.bin/node',
      `trap 'echo ended >> ${at('called')}; exit 0' TERM; for i in $(/usr/bin/seq 150); do /bin/sleep 0.1; done`,
    )
    // With a second command, the shell does not replace itself by the first one.
    const npm = spawn('/bin/sh', ['-c', `'${process.execPath}' '${at('sandbox/bootstrap.mjs')}' script.ts; exit 1`], {
      env: { PATH: at('bin'), npm_lifecycle_event: 'start' },
      stdio: 'ignore',
    })
    await vi.waitFor(async () => expect(await called()).toContain('node script.ts'), { timeout: 10_000 })
    npm.kill('SIGTERM')
    await vi.waitFor(async () => expect(await called()).toContain('ended'), { timeout: 10_000 })
  })
})
