import path from 'node:path'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import * as z from 'zod'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { managementFile, type RightsFile, userClusterFile } from '../../../lambdas/rights/files.ts'
import { dangerOfRenewal, dangersOf } from '../../../lambdas/rights/head.ts'
import { type Purpose, purposeOf } from '../../../lambdas/rights/manifests.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import { readRequest } from '../../support/kubernetes/request-of.ts'

const roles = z.object({
  metadata: z.object({ namespace: z.string().optional() }),
  rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })).optional(),
})
const root = path.resolve(import.meta.dirname, '../../..')
const example = (name: string) => rightsSetupOf(readRequest(path.join(root, 'examples', `${name}.json`)))

it.each([
  [false, 'setups'],
  [true, 'setups and teardowns'],
] as const)('with teardowns %s the rights are for %s', (teardown, purpose) => {
  expect(purposeOf({ teardown })).toBe(purpose)
})

const purposes = ['setups', 'setups and teardowns'] as const

it.each(purposes)('the text of the manifests for %s has the objects that are applied', (purpose) => {
  for (const setup of ['setup', 'csr-cluster'].map(example)) {
    for (const file of [userClusterFile(setup, 'a command', purpose), managementFile(setup, 'a command', purpose)]) {
      expect(parseAllDocuments(file?.text ?? '').map((document) => document.toJS())).toEqual(file?.objects)
    }
  }
})

it('the rights for teardowns include those for setups', () => {
  const [setups, everything] = [allowedFor('setups'), allowedFor('setups and teardowns')]
  expect([...setups].filter((right) => !everything.has(right))).toEqual([])
  expect(everything.size).toBeGreaterThan(setups.size)
})

/** Each verb on each resource, with its namespace. */
function allowedFor(purpose: Purpose): Set<string> {
  const { objects } = userClusterFile(example('setup'), 'a command', purpose)
  return new Set(
    objects.flatMap((object) => {
      const { metadata, rules = [] } = roles.parse(object)
      const namespace = metadata.namespace ?? 'everywhere'
      return rules.flatMap(({ resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} ${namespace}`)),
      )
    }),
  )
}

it('a file for no stated purpose is for setups', () => {
  const setup = example('setup')
  expect(userClusterFile(setup, 'a command')).toEqual(userClusterFile(setup, 'a command', 'setups'))
  expect(managementFile(setup, 'a command')).toEqual(managementFile(setup, 'a command', 'setups'))
})

it('the header has a danger of the renewal only if rotations renew the token', () => {
  const before = (file: RightsFile | undefined) => file?.text.split('\n#\n').slice(1, -4)
  const setup = example('setup')
  expect(before(managementFile(setup, 'a command'))).toEqual([])
  expect(before(managementFile({ ...setup, renewal: true }, 'a command'))).toHaveLength(1)
  expect(dangersOf({ ...setup, mode: 'none', renewal: true })).toEqual([dangerOfRenewal])
})

it('the header names the webhook of the product, with its namespace and the signer of its certificate', () => {
  const { text } = userClusterFile({ ...example('setup'), webhookNamespace: 'hooks' }, 'a command')
  expect(text).toMatch(/^# .*\(webhook in hooks, certificate of ours\)\./)
})

it('a cluster without a management cluster has no file for it', () => {
  expect(managementFile(example('existing-cluster'), 'a command')).toBeUndefined()
})

it.each([
  ['managed', 'a webhook that is there already', true],
  ['none', 'no webhook', false],
] as const)('the header for webhook.mode %s names the webhook and the dangers of the token', (mode, words, isUsed) => {
  const setup = { ...example('setup'), mode }
  const { text, objects } = userClusterFile(setup, 'a command')
  expect(dangersOf(setup)).toHaveLength(isUsed ? 1 : 0)
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace')
  expect(namespaces).toMatchObject([{ metadata: { name: accountNamespace } }])
  expect(text).toContain(`(${words})`)
  expect(text.includes('can start pods in default')).toBe(isUsed)
  expect(text).not.toContain('name: workload-identity-webhook')
})

it('the text has the ARN of the secret without the suffix of AWS', () => {
  const secretArn = `${example('setup').secretArn}-AbC123`
  const { text } = userClusterFile({ ...example('setup'), secretArn }, 'a command')
  expect(text).toContain('create-secret --name workload-identity/prod-eu/user-cluster --secret-string')
})

it('the text has the command that creates a namespace that not every cluster has', () => {
  const { management, ...rest } = example('setup')
  if (!management) throw new Error('the example has a management cluster')
  const text = managementFile({ ...rest, management: { ...management, namespace: 'clusters' } }, 'a command')?.text
  expect(text).toContain('kubectl create namespace clusters')
})
