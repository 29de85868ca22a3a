import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { privateCluster } from '../e2e/support/clusters/private-cluster.ts'
import { secretArnOf } from '../e2e/support/clusters/secrets.ts'
import { type System, system } from '../e2e/support/system.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { integrations } from './support/install.ts'
import { type Ended, runProgram } from './support/run.ts'

const policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  await cp(path.join(integrations, 'terraform'), directory.path, { recursive: true })
  await mkdir(path.join(directory.path, 'bin'))
  await symlink(path.resolve(integrations, '../cli/wid.mjs'), path.join(directory.path, 'bin/wid'))
  const { code, out, err } = await terraform('init', '-input=false')
  expect(code, out + err).toBe(0)
}, 120_000)
afterAll(() => directory?.remove())

function terraform(...args: readonly string[]): Promise<Ended> {
  const env = { PATH: `${path.join(directory.path, 'bin')}${path.delimiter}${process.env.PATH}`, TF_IN_AUTOMATION: '1' }
  return runProgram(['terraform', ...args, '-no-color'], { cwd: directory.path, env })
}

async function apply(cluster: string, workloads: Readonly<Record<string, readonly string[]>>): Promise<Ended> {
  const variables = {
    api: running.api,
    cluster,
    credentials_secret_arn: secretArnOf(`${cluster}/user-cluster`),
    workloads,
  }
  await writeFile(path.join(directory.path, 'terraform.tfvars.json'), JSON.stringify(variables))
  return terraform('apply', '-auto-approve', '-input=false')
}

it('terraform validates the example, and its format', async () => {
  expect(await terraform('validate')).toMatchObject({ code: 0, out: expect.stringContaining('is valid') })
  const { code, out } = await runProgram(['terraform', 'fmt', '-check', '-diff'], {
    cwd: path.join(integrations, 'terraform'),
  })
  expect(code, out).toBe(0)
})

it('terraform apply sets up and proves a cluster, sends nothing without changes, and then sends an added workload', async () => {
  const own = await privateCluster(running, 'terraform')
  own.cluster.setIssuers([own.issuer, ...own.cluster.signer.issuers])
  const first = await apply(own.name, { 'default/s3-reader': [policy] })
  expect(first.code, first.out + first.err).toBe(0)
  expect(first.out).toContain('terraform is set up and verified')

  expect((await apply(own.name, { 'default/s3-reader': [policy] })).out).toContain('No changes.')

  const more = await apply(own.name, { 'default/s3-reader': [policy], 'default/reports': [policy] })
  expect(more.code, more.out + more.err).toBe(0)
  expect(more.out).toContain('Proof for system:serviceaccount:default:reports')
})

it('terraform apply fails when the API refuses the request', async () => {
  const { code, out, err } = await apply('refused', { 'default/Not_A_Name': [policy] })
  expect(code).toBe(1)
  expect(out + err).toContain('workloads[0].serviceAccount')
})
