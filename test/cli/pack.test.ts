import { execFile } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../support/temporary.ts'

const run = promisify(execFile)

test('the package can be installed on another machine, and needs no other package', { timeout: 60_000 }, async () => {
  const directory = await temporaryDirectory()
  try {
    await run(process.execPath, ['cli/pack.ts', directory.path])
    const [file = ''] = await readdir(directory.path)
    expect(file).toMatch(/^workload-identity-.*\.tgz$/)
    const prefix = path.join(directory.path, 'prefix')
    await run('npm', ['install', '--global', '--offline', '--prefix', prefix, path.join(directory.path, file)])
    const wid = path.join(prefix, 'bin', 'wid')
    expect((await run(wid, ['--help'])).stdout).toContain('Usage: wid')
    const asked = { kind: 'private-issuer', name: 'edge-1', region: 'eu-west-1', account: '111122223333' }
    const workload = {
      namespace: 'default',
      'service-account': 's3-reader',
      policy: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    }
    const answers = Object.entries({ ...asked, ...workload }).flatMap(([name, value]) => [`--${name}`, value])
    await run(wid, ['init', ...answers], { cwd: directory.path })
    const [schema = ''] = (await readFile(path.join(directory.path, 'setup.yaml'), 'utf8')).split('\n')
    await access(path.join(directory.path, schema.split('$schema=')[1] ?? ''))
    const failed = await run(wid, ['get', 'clusters'], { cwd: directory.path }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('No API is named.') })
  } finally {
    await directory.remove()
  }
})
