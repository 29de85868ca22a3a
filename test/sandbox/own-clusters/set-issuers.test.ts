import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { notRunning } from '../../../sandbox/running.ts'
import { run } from '../../cli/support/terminal.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())
const cwd = directory.path
const program = path.resolve(import.meta.dirname, '../../../sandbox/own-clusters/set-issuers.ts')
const setIssuers = () => run(process.execPath, [program, 'edge-1', 'https://issuer.example'], { cwd })
const stopped = { code: 1, stdout: '', stderr: `${notRunning}\n` }

test('names the command that starts the sandbox, before the first start and after its end', async () => {
  expect(await setIssuers()).toEqual(stopped)
  const kubeconfig = path.join(cwd, 'edge-1.yaml')
  const cluster = { server: 'https://edge-1.example', 'certificate-authority-data': '' }
  const user = { token: 'token' }
  await writeFile(kubeconfig, JSON.stringify({ clusters: [{ cluster }], users: [{ user }] }))
  await mkdir(path.join(cwd, '.sandbox'))
  const description = { proxy: 'http://127.0.0.1:1', kubeconfigs: { 'edge-1': kubeconfig } }
  await writeFile(path.join(cwd, '.sandbox', 'sandbox.json'), JSON.stringify(description))
  expect(await setIssuers()).toEqual(stopped)
})
