/** Builds portal/dist, unless the last build had the same sources. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { glob, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const root = path.dirname(import.meta.dirname)
const folder = path.join(import.meta.dirname, 'dist')

/** The files whose changes require a new build. */
const sources = [
  'package-lock.json',
  'client/**/*.{ts,json}',
  'docs/*.svg',
  'portal/{src/**/*,config.ts,index.html,package.json,tsconfig.json,validator.ts,vite.config.ts}',
]

/**
 * Builds the portal if needed. Returns the folder with its files.
 *
 * @param signal ends the build
 * @throws {Error} when the portal cannot be built
 */
export async function builtPortal(signal?: AbortSignal): Promise<string> {
  const digest = await digestOfSources()
  // The sandbox's gateway returns only files with a known extension, so it does not return this one.
  const stamp = path.join(folder, '.built-from')
  const before = await readFile(stamp, 'utf8').catch(() => undefined)
  if (before === digest) return folder
  // A build that is interrupted leaves half of the files: no sources are those of this folder until it has ended.
  await rm(stamp, { force: true })
  await build(signal)
  await writeFile(stamp, digest)
  return folder
}

/** Builds in a separate process, whose memory is free afterwards. bootstrap.mjs first installs the build's packages. */
async function build(signal: AbortSignal | undefined): Promise<void> {
  const vite = [
    'sandbox/bootstrap.mjs',
    '--without-python',
    'node_modules/vite/bin/vite.js',
    'build',
    import.meta.dirname,
  ]
  const child = spawn(process.execPath, [...vite, '--logLevel', 'warn'], {
    cwd: root,
    // With another NODE_ENV, the build would contain React's slow development code.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const end = () => child.kill('SIGTERM')
  signal?.addEventListener('abort', end)
  const [status] = await once(child, 'close')
  signal?.removeEventListener('abort', end)
  if (status !== 0)
    throw new Error(
      `the build of the portal ended with status ${status}: see above. Correct the cause, then run your command again.`,
    )
}

async function digestOfSources(): Promise<string> {
  const found = await Array.fromAsync(glob(sources, { cwd: root, withFileTypes: true }))
  const files = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${path.relative(root, file)}\n`).update(await readFile(file))
  return hash.digest('hex')
}
