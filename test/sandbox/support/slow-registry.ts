import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { closeServer, listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const programs = promisify(execFile)
const sources = path.resolve(import.meta.dirname, '../../../sandbox')

/** The packages that only the portal needs. */
export const portalPackages = 10
const filesOfEach = 60

interface Locked {
  readonly version: string
  readonly resolved: string
  readonly integrity: string
  readonly bin?: Readonly<Record<string, string>>
}

/** A clone whose start needs one npm package, and whose portal needs ten, with a registry that sends one after another. */
export async function cloneWithRegistry() {
  const folder = await temporaryDirectory()
  const at = (file: string): string => path.join(folder.path, file)
  const tarballs = new Map<string, Buffer>()
  let isReachable = true
  let onHalf = async (_nth: number): Promise<void> => {}

  const server = createServer((incoming, outgoing) => {
    answer(incoming.url ?? '', outgoing).catch(() => outgoing.destroy())
  })
  async function answer(url: string, outgoing: ServerResponse): Promise<void> {
    const name = url.slice(1).replace('.tgz', '')
    const content = tarballs.get(name)
    if (!isReachable || content === undefined) {
      outgoing.destroy()
      return
    }
    const nth = name === 'node' ? 0 : Number(name.replace('portal-', ''))
    await sleep(nth * 30)
    outgoing.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, content.length / 2))
    await onHalf(nth)
    if (isReachable) outgoing.end(content.subarray(content.length / 2))
    else outgoing.destroy()
  }
  const port = await listenOnFreePort(server, 0)

  async function publish(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(at(`made/${name}/package/${file}`)), { recursive: true })
      await writeFile(at(`made/${name}/package/${file}`), content)
      await chmod(at(`made/${name}/package/${file}`), 0o755)
    }
    await programs('tar', ['-czf', at(`made/${name}.tgz`), '-C', at(`made/${name}`), 'package'])
    tarballs.set(name, await readFile(at(`made/${name}.tgz`)))
  }
  const locked = (name: string): Locked => ({
    version: '1.0.0',
    resolved: `http://127.0.0.1:${port}/${name}.tgz`,
    integrity: `sha512-${createHash('sha512')
      .update(tarballs.get(name) ?? '')
      .digest('base64')}`,
    ...(name === 'node' ? { bin: { node: 'node.sh' } } : {}),
  })

  const names = Array.from({ length: portalPackages }, (_, index) => `portal-${index}`)
  await publish('node', {
    'package.json': JSON.stringify({ name: 'node', version: '1.0.0', bin: { node: 'node.sh' } }),
    'node.sh': '#!/bin/sh\necho "started $*"\n',
  })
  for (const name of names) {
    const files = Array.from({ length: filesOfEach }, (_, file) => [`dist/${file}.js`, `// ${file}\n`.repeat(300)])
    await publish(name, {
      'package.json': JSON.stringify({ name, version: '1.0.0' }),
      ...Object.fromEntries(files),
    })
  }

  const needs = {
    cli: { node: '1.0.0' },
    client: {},
    portal: Object.fromEntries(names.map((name) => [name, '1.0.0'])),
  }
  const main = { name: 'clone', version: '1.0.0', workspaces: Object.keys(needs) }
  const workspaces = Object.entries(needs).map(([name, dependencies]) => ({ name, version: '1.0.0', dependencies }))
  await writeFile(at('package.json'), JSON.stringify(main))
  for (const workspace of workspaces) {
    await mkdir(at(workspace.name))
    await writeFile(at(`${workspace.name}/package.json`), JSON.stringify(workspace))
  }
  const packages = {
    '': main,
    ...Object.fromEntries(workspaces.map((workspace) => [workspace.name, workspace])),
    ...Object.fromEntries(workspaces.map(({ name }) => [`node_modules/${name}`, { resolved: name, link: true }])),
    ...Object.fromEntries(['node', ...names].map((name) => [`node_modules/${name}`, locked(name)])),
  }
  await writeFile(
    at('package-lock.json'),
    JSON.stringify({ name: 'clone', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  )
  await mkdir(at('sandbox'))
  for (const file of ['attached.mjs', 'bootstrap.mjs', 'packages.mjs', 'progress.mjs']) {
    await copyFile(path.join(sources, file), at(`sandbox/${file}`))
  }

  return {
    at,
    /** Each installation downloads everything. */
    environment: {
      ...process.env,
      npm_config_cache: at('cache'),
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_fetch_retries: '0',
      npm_lifecycle_event: undefined,
    },
    emptyCache: () => programs('rm', ['-rf', at('cache')]),
    setReachable(value: boolean): void {
      isReachable = value
    },
    /** Calls `act` when half of a package is sent: 0 is the first one. */
    atHalf(act: (nth: number) => Promise<void>): void {
      onHalf = act
    },
    /** The files that a package lacks. */
    async missingFiles(): Promise<string[]> {
      const wanted = names.flatMap((name) =>
        Array.from({ length: filesOfEach }, (_, file) => `node_modules/${name}/dist/${file}.js`),
      )
      const sizes = await Promise.all(
        wanted.map(async (file) => (await readFile(at(file), 'utf8').catch(() => '')).length),
      )
      return wanted.filter((file, index) => sizes[index] !== `// ${Number(path.parse(file).name)}\n`.length * 300)
    },
    async remove(): Promise<void> {
      await closeServer(server)
      await folder.remove()
    },
  }
}
