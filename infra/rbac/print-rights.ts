/**
 * Prints the rights that the credentials of a request's clusters need, as manifests for kubectl:
 *
 *   npm run --silent rights -- REQUEST.json [--management] [--upgrade | --teardown] [--kubernetes 1.21]
 *
 * It prints the rights on the cluster whose workloads get roles.
 *
 * - --management prints the rights on its management cluster instead.
 * - --upgrade adds the rights to upgrade the webhook.
 * - --teardown adds the rights to remove all of it.
 * - --kubernetes gives the version of the cluster when the request has none. Up to 1.21 the webhook requests its
 *   certificate from the cluster, unless the request says otherwise.
 */
import { parseArgs } from 'node:util'
import { managementFile, userClusterFile } from './files.ts'
import { readRequest } from './request.ts'
import { setupOf } from './setup.ts'

const usage = 'npm run --silent rights -- REQUEST.json [--management] [--upgrade | --teardown] [--kubernetes 1.21]'

function rightsText(args: readonly string[]): string {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      management: { type: 'boolean', default: false },
      upgrade: { type: 'boolean', default: false },
      teardown: { type: 'boolean', default: false },
      kubernetes: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new Error(`Give one request: ${usage}`)
  const setup = setupOf(readRequest(file), minorOf(values.kubernetes))
  const fileOf = values.management ? managementFile : userClusterFile
  const withUpgrades = values.upgrade ? 'setups and upgrades' : 'setups'
  const forWhat = values.teardown ? 'setups and teardowns' : withUpgrades
  const observed = fileOf(setup, ['npm run --silent rights --', ...args].join(' '), forWhat)
  if (!observed) throw new Error(`The cluster of ${file} has no management cluster`)
  return observed.text
}

function minorOf(version: string | undefined): number | undefined {
  if (version === undefined) return undefined
  const minor = /^1\.(\d+)(\.|$)/.exec(version)?.[1]
  if (minor === undefined) throw new Error(`--kubernetes takes a version such as 1.21, and this is ${version}`)
  return Number(minor)
}

try {
  process.stdout.write(rightsText(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
