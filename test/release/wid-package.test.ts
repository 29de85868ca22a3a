import { execFile } from 'node:child_process'
import { access, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { version } from '../../tools/release/project.ts'
import { packWid } from '../../tools/release/wid-package.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const run = promisify(execFile)

test('the package can be installed on another machine, and needs no other package', { timeout: 60_000 }, async () => {
  const directory = await temporaryDirectory()
  try {
    const file = await packWid(directory.path)
    expect(path.basename(file)).toBe(`workload-identity-${version}.tgz`)
    const prefix = path.join(directory.path, 'prefix')
    await run('npm', ['install', '--global', '--offline', '--prefix', prefix, file])
    const wid = path.join(prefix, 'bin', 'wid')
    // On the Node of the project, because that of the machine may be too old for the command.
    const env = { ...process.env, PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter) }
    const failing = (...args: string[]) => run(wid, args, { cwd: directory.path, env }).catch((error: unknown) => error)
    expect((await run(wid, ['--help'], { env })).stdout).toContain('Usage: wid')
    expect((await run(wid, ['--version'], { env })).stdout).toBe(`${version}\n`)
    const asked = { kind: 'private-issuer', name: 'edge-1', region: 'eu-west-1', account: '111122223333' }
    const workload = {
      namespace: 'default',
      'service-account': 's3-reader',
      policy: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    }
    const answers = Object.entries({ ...asked, ...workload }).flatMap(([name, value]) => [`--${name}`, value])
    await run(wid, ['init', ...answers], { cwd: directory.path, env })
    const [schema = ''] = (await readFile(path.join(directory.path, 'setup.yaml'), 'utf8')).split('\n')
    await access(path.join(directory.path, schema.split('$schema=')[1] ?? ''))
    expect(await failing('get', 'clusters')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No API is named.'),
    })
    // The bundle also contains the modules for Kubernetes and AWS.
    expect(await failing('--api', 'http://127.0.0.1:1', 'connect', 'prod', '--duration', '1m')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at least 10m'),
    })

    const description = path.join(prefix, 'lib', 'node_modules', 'workload-identity', 'package.json')
    const text = await readFile(description, 'utf8')
    await writeFile(description, text.replace(/>=[\d.]+/, '>=99.1.0'))
    expect(await failing('--help')).toMatchObject({
      code: 2,
      stderr: `wid needs Node.js 99.1.0 or newer, and this is ${process.versions.node}.\n`,
    })
  } finally {
    await directory.remove()
  }
})
