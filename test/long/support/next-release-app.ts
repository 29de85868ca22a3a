/** The sandbox's deployment with the code of another release, in which each step refuses its input. */
import { cpSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { App } from 'aws-cdk-lib'
import { bundleName } from '../../../infra/functions/entry.ts'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { keptIn, productBundles } from '../../../infra/functions/kept-bundles.ts'
import { localStack, sandboxSettings } from '../../../sandbox/aws/local-stack.ts'

const refusing = `export async function handler() {
  throw Object.assign(new Error('This is the input of another release'), { name: 'InvalidStepInput' })
}
`

function nextRelease(product: string, directory: string): void {
  cpSync(product, directory, { recursive: true })
  for (const { entry } of stepFunctions.values()) {
    writeFileSync(path.join(directory, bundleName(entry), 'index.mjs'), refusing)
  }
}

const product = productBundles()
const folder = path.resolve(import.meta.dirname, '../../../.sandbox/next-release')
const bundles = keptIn(folder, path.basename(product), (directory) => nextRelease(product, directory))
localStack(new App(), { bundles, chosen: sandboxSettings })
