import { existsSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { bundleInputs } from '../../../infra/functions/bundle.ts'
import { digestOf, keptIn } from '../../../infra/functions/kept-bundles.ts'
import { startAws } from '../../../sandbox/aws/server.ts'
import { deployOnce } from '../../../sandbox/deployment.ts'
import { python } from '../../support/python.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const folder = path.join(root, '.sandbox', 'deployed')

/** All sources of the deployment and of the sandbox's AWS. */
const inputs = [
  ...bundleInputs,
  'infra',
  'statemachine',
  'sandbox/aws',
  'sandbox/requirements.txt',
  'cdk.json',
  'settings.yaml',
]

/**
 * Absolute path of the state of a sandbox in which only the deployment has happened. A sandbox that starts on a copy of it
 * does not deploy again. It is created again when an input has changed.
 */
export async function deployedState(): Promise<string> {
  const digest = digestOf(root, inputs)
  const own = path.join(folder, `${digest}.${process.pid}.new`)
  if (!existsSync(path.join(folder, digest))) await deployInto(own)
  return keptIn(folder, digest, (directory) => renameSync(own, directory))
}

async function deployInto(directory: string): Promise<void> {
  const aws = await startAws({ python, directory: path.join(directory, 'aws'), environment: {}, auth: true })
  try {
    await deployOnce(aws, path.join(directory, 'cdk'))
    // AWS has its own copy of these files.
    await rm(path.join(directory, 'cdk', 'cdk.out'), { recursive: true })
  } finally {
    await aws.close()
  }
}
