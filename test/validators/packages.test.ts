/** The bill of materials of a release, and the licences of all packages in package-lock.json. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import command from '../../cli/package.json' with { type: 'json' }
import { productBundles } from '../../infra/functions/kept-bundles.ts'
import manifest from '../../package.json' with { type: 'json' }
import portal from '../../portal/package.json' with { type: 'json' }
import { allPackages, type BillOfMaterials, type Component, ofProduct } from '../../tools/release/bill-of-materials.ts'

/** SPDX expressions of licences that allow a package to be part of a product: https://spdx.org/licenses/ */
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

/** Further licences of tools, which are not part of the product, with the purpose of the tools. */
const ofTools = {
  'AGPL-3.0-or-later': 'a second engine for IAM decisions, in tests',
  'CC-BY-4.0': 'data about browsers, for building the portal',
  'MPL-2.0': 'axe in tests, and the compiler of style sheets',
}

const sourceMap = z.object({ sources: z.array(z.string()) })
const named = z.object({ name: z.string(), version: z.string() })

const licences = z
  .array(
    z.union([
      z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
      z.object({ license: z.object({ name: z.string() }) }).transform(({ license }) => license.name),
      z.object({ expression: z.string() }).transform(({ expression }) => expression),
    ]),
  )
  .default([])

let all: BillOfMaterials
let shipped: BillOfMaterials

beforeAll(async () => {
  all = await allPackages()
  shipped = ofProduct(all)
}, 120_000)

const nameOf = ({ name, version }: Pick<Component, 'name' | 'version'>) => `${name}@${version}`
const namesIn = ({ components }: BillOfMaterials) => components.map(nameOf)

/** The packages with another licence or without a licence. */
function others({ components }: BillOfMaterials, allowed: readonly string[]): string[] {
  return components
    .map((each) => ({ name: nameOf(each), own: licences.parse(each.licenses) }))
    .filter(({ own }) => own.length === 0 || !own.every((each) => allowed.includes(each)))
    .map(({ name, own }) => `${name}: ${own.join(', ') || 'no licence'}`)
}

it('every package of the product has a permissive licence', () => {
  expect(others(shipped, permissive)).toEqual([])
})

it('every other package is a tool with a known licence', () => {
  expect(others(all, [...permissive, ...Object.keys(ofTools)])).toEqual([])
})

it('finds a licence that is not in the list', () => {
  const withoutApache = permissive.filter((licence) => licence !== 'Apache-2.0')
  expect(others(shipped, withoutApache)).toContainEqual(expect.stringMatching(/^@aws-sdk\/client-iam@.*: Apache-2\.0$/))
})

it('the bill of materials contains the dependencies of each of its packages, and no other packages', () => {
  const refs = shipped.components.map((each) => each['bom-ref'])
  const [root = '', ...described] = shipped.dependencies.map(({ ref }) => ref)
  expect(root).toContain(manifest.name)
  expect(described.toSorted()).toEqual(refs.toSorted())
  expect(shipped.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([])
  expect(shipped.components.length).toBeLessThan(all.components.length)
})

it.each([
  ['the product', manifest],
  ['the command', command],
  ['the portal', portal],
])('the bill of materials contains all dependencies of %s with their versions', (_, { dependencies }) => {
  const names = Object.entries(dependencies).map(([name, version]) => nameOf({ name, version }))
  expect(namesIn(shipped)).toEqual(expect.arrayContaining(names))
})

it('the bill of materials contains all packages in the bundles of the functions', () => {
  const bundled = bundledPackages()
  expect(bundled.length).toBeGreaterThan(20)
  expect(namesIn(shipped)).toEqual(expect.arrayContaining(bundled))
  // The test may have to build the bundles.
}, 600_000)

/** The packages in the source maps of the bundles. */
function bundledPackages(): string[] {
  const bundles = productBundles()
  const sources = globSync('*/index.mjs.map', { cwd: bundles }).flatMap((map) =>
    sourceMap
      .parse(JSON.parse(readFileSync(path.join(bundles, map), 'utf8')))
      .sources.map((source) => path.resolve(bundles, path.dirname(map), source)),
  )
  const folders = new Set(sources.flatMap((source) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source) ?? []))
  return [...folders].map((folder) =>
    nameOf(named.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')))),
  )
}
