import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import config from '../../vitest.config.ts'
import { isOf } from '../peers/install/checked.ts'
import { chosenProjects, isChosen } from '../peers/install/chosen.ts'
import { listedPeers } from '../peers/install/peers.ts'
import { root } from '../peers/install/target.ts'
import { kubernetesVersions } from '../peers/install/targets.ts'

const versions = kubernetesVersions.filter((version) => isChosen(`kubernetes ${version}`, chosenProjects))
const listed = listedPeers(process.env.KUBEBUILDER_ASSETS, versions)

/** The files that `npm run test:peers` runs, each with its project in vitest.config.ts. */
const run = (config.test?.projects ?? []).flatMap((project) => {
  if (typeof project !== 'object' || !('test' in project)) return []
  const { name, include = [] } = project.test ?? {}
  if (typeof name !== 'string' || !isChosen(name, chosenProjects)) return []
  return globSync(include, { cwd: root }).map((file) => ({ project: name, file }))
})

test('each test file of test:peers belongs to a peer', () => {
  expect(run.length).toBeGreaterThan(50)
  expect(run.filter((result) => !listed.some((peer) => isOf(peer, result)))).toEqual([])
})

test.each(listed)('$name has a test file', (peer) => {
  expect(run.filter((result) => isOf(peer, result))).not.toEqual([])
})
