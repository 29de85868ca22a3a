import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { oldImage } from './manifests.ts'

const program = fileURLToPath(new URL('../../../sandbox/kubernetes/webhook/main.ts', import.meta.url))

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' })
  return { status, stderr }
}

test('a flag that the version does not have ends the program as pflag does', () => {
  expect(run(['--sts=1'])).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown flag: --sts') })
  const args = ['--service-account-lookup-grace-period=1s']
  expect(run(args, { SANDBOX_WEBHOOK_IMAGE: oldImage })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('unknown flag: --service-account-lookup-grace-period'),
  })
})

test('outside of a pod the program says so and ends', () => {
  expect(run(['--in-cluster=false'])).toMatchObject({
    status: 255,
    stderr: expect.stringContaining('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined'),
  })
})
