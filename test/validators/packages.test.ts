/** The licences of all packages that package-lock.json pins, as `npm sbom` reports them. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import * as z from 'zod'

const root = path.resolve(import.meta.dirname, '../..')

/** SPDX expressions that let anybody ship a package as part of a product: https://spdx.org/licenses/ */
const permissive = [
  '(Apache-2.0 AND BSD-3-Clause)',
  '(MIT OR CC0-1.0)',
  '(MIT OR GPL-3.0-or-later)',
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MIT OR Apache-2.0',
  'OFL-1.1',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]

/** Of tools, which are never shipped, some more. Each with what it is here for. */
const ofTools = {
  'AGPL-3.0-or-later': 'a second engine for IAM decisions, in tests',
  'CC-BY-4.0': 'data about browsers, for building the portal',
  'MPL-2.0': 'axe in tests, and the compiler of style sheets',
}

const bill = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      licenses: z
        .array(
          z.union([
            z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
            z.object({ license: z.object({ name: z.string() }) }).transform(({ license }) => license.name),
            z.object({ expression: z.string() }).transform(({ expression }) => expression),
          ]),
        )
        .default([]),
    }),
  ),
})

async function packagesOtherThan(allowed: readonly string[], args: readonly string[]): Promise<string[]> {
  const command = ['sbom', '--sbom-format', 'cyclonedx', ...args]
  const { stdout } = await promisify(execFile)('npm', command, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  return bill
    .parse(JSON.parse(stdout))
    .components.filter(({ licenses }) => licenses.length === 0 || !licenses.every((each) => allowed.includes(each)))
    .map(({ name, version, licenses }) => `${name}@${version}: ${licenses.join(', ') || 'no licence'}`)
}

it('every package that may be shipped has a permissive licence', async () => {
  expect(await packagesOtherThan(permissive, ['--omit', 'dev'])).toEqual([])
}, 60_000)

it('every other package is a tool whose licence is known', async () => {
  expect(await packagesOtherThan([...permissive, ...Object.keys(ofTools)], [])).toEqual([])
}, 60_000)

it('a licence that is not in the list is found', async () => {
  const withoutApache = permissive.filter((licence) => licence !== 'Apache-2.0')
  expect(await packagesOtherThan(withoutApache, ['--omit', 'dev'])).toContainEqual(
    expect.stringMatching(/^@aws-sdk\/client-iam@.*: Apache-2\.0$/),
  )
}, 60_000)
