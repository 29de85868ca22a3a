/** The image of the agent, built by Buildah from agent/Dockerfile on a base that has Node.js and nothing else. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { freePort } from '../../sandbox/network/listen.ts'
import { installDebianPackages } from '../install/debian-packages.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const repository = path.resolve(import.meta.dirname, '../..')
const directory = await temporaryDirectory()
afterAll(() => directory.remove())

const image = 'localhost/agent'
const base = 'localhost/nodejs24'

const inspected = z.object({
  OCIv1: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
    }),
  }),
})
let config: z.output<typeof inspected>['OCIv1']['config']
/** The root file system of a container. */
let root = ''

beforeAll(() => {
  if (spawnSync('buildah', ['--version']).error) installDebianPackages(['buildah'], (line) => console.error(line))
  const [ofBase, ofImage] = [path.join(directory.path, 'base'), path.join(directory.path, 'image')]
  copyNode(ofBase)
  writeFileSync(path.join(ofBase, 'Dockerfile'), 'FROM scratch\nCOPY . /\nENTRYPOINT ["/nodejs/bin/node"]\n')
  buildah('bud', '--tag', base, ofBase)

  copy(path.join(repository, 'agent/Dockerfile'), path.join(ofImage, 'Dockerfile'))
  execFileSync(process.execPath, ['agent/bundle.ts', path.join(ofImage, 'agent.mjs')], { cwd: repository })
  buildah('bud', '--pull-never', '--build-arg', `BASE=${base}`, '--tag', image, ofImage)
  config = inspected.parse(JSON.parse(buildah('inspect', '--type', 'image', image))).OCIv1.config
  root = buildah('mount', buildah('from', '--pull-never', image))
})

/** Runs Buildah without a container runtime, and with its storage in the temporary directory. */
function buildah(...args: readonly string[]): string {
  const folders = ['root', 'runroot'].flatMap((name) => [`--${name}`, path.join(directory.path, name)])
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' }
  const options = { encoding: 'utf8', env, stdio: 'pipe' } as const
  return execFileSync('buildah', ['--storage-driver', 'vfs', ...folders, ...args], options).trim()
}

/** Copies Node.js and the libraries that it loads. */
function copyNode(to: string): void {
  copy(process.execPath, path.join(to, 'nodejs/bin/node'))
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
  for (const library of libraries) copy(library, path.join(to, library))
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true })
  copyFileSync(from, to)
}

/** Runs the entry point of the image as its user, in a read-only root file system. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec chroot --userspec="$0" "$@"'
  const command = ['sh', '-c', readOnly, config.User, root, ...config.Entrypoint, ...args]
  const ofImage = Object.fromEntries(config.Env.map((variable) => variable.split('=')))
  // unshare is not in the PATH of the image.
  return spawn('/usr/bin/unshare', ['--mount', ...command], {
    env: { ...ofImage, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
  })
}

test('a program of the image is not root, and cannot write a file', async () => {
  const writes = 'try { fs.writeFileSync("/agent/file", "") } catch ({ code }) { console.log(process.getuid(), code) }'
  const { stdout } = run(['-e', writes])
  expect(stdout && (await text(stdout))).toBe('65532 EROFS\n')
})

test('the agent of the image starts, answers probes, and ends with status 0', async () => {
  const port = await freePort()
  const env = {
    API_URL: 'https://127.0.0.1:1',
    CLUSTER: 'edge-1',
    API_SERVER: 'https://127.0.0.1:1',
    HEALTH_PORT: String(port),
  }
  const agent = run(config.Cmd, env)
  const output = agent.stdout && text(agent.stdout)
  const ended = once(agent, 'exit')
  const probe = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status
  expect(await vi.waitFor(probe, 20_000)).toBe(200)
  agent.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(await output).toContain('"message":"The agent is started"')
})
