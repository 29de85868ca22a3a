import { expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import {
  managementFile,
  managementFileForAll,
  userClusterFile,
  userClusterFileForAll,
} from '../../../lambdas/rights/files.ts'
import {
  managementManifests,
  plainObject,
  type Rights,
  userClusterManifests,
  wholeManagementManifests,
  wholeUserClusterManifests,
} from '../../../lambdas/rights/manifests.ts'
import { rightsSetupOf, type Setup } from '../../../lambdas/rights/setup.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { inText, ruleText } from '../../support/kubernetes/rule-text.ts'

/**
 * Each right on a cluster, and each line of the files that grant them. After a change, write the expected files again with
 * `npx vitest run --project rules test/lambdas/rights -u`. A reviewer then reads each changed right: a setup must need it,
 * and nobody may get more from it.
 */

const madeBy = 'wid rights --request request.json'
const ofCsr = rightsSetupOf(exampleRequest('csr-cluster'))
const ofOwnCa = rightsSetupOf(exampleRequest('setup', { 'cluster.management.namespace': 'clusters' }))
const ofExisting = rightsSetupOf(exampleRequest('setup', { 'cluster.spec': undefined, 'cluster.nodePools': undefined }))

const workloads = [
  { namespace: 'apps', serviceAccount: 'reader' },
  { namespace: 'default', serviceAccount: 'default' },
  { namespace: 'apps', serviceAccount: 'writer' },
]

it('the file for a cluster that signs the certificate of the webhook has these lines', async () => {
  const setup: Setup = { ...ofCsr, renewal: true, workloads }
  await expect(userClusterFile(setup, madeBy).text).toMatchFileSnapshot('expected/user-cluster.yaml')
})

it('the file for a management cluster has these lines', async () => {
  const setup: Setup = { ...ofOwnCa, renewal: true }
  const file = managementFile(setup, madeBy, 'setups and teardowns')
  await expect(file?.text).toMatchFileSnapshot('expected/management-cluster.yaml')
})

it('the objects for other requests, and for all requests, grant these rights', async () => {
  const ofInstallation: Setup = { ...ofOwnCa, workloads, namedAccounts: true, hosted: true, failurePolicy: 'Fail' }
  const rights = {
    'a setup and a teardown with a certificate of ours, an issuer that the deployment hosts, and accounts by name':
      userClusterManifests(ofInstallation, 'setups and teardowns'),
    'a setup with a webhook that is there already': userClusterManifests({ ...ofOwnCa, mode: 'managed', workloads }),
    'a setup without a webhook': userClusterManifests({ ...ofOwnCa, mode: 'none', workloads }),
    'a setup of an AWSCluster that is there already, on the management cluster': managementManifests(ofExisting),
    'all setups with a certificate of ours': wholeUserClusterManifests('own-ca', 'hooks'),
    'all setups with a certificate of the cluster': wholeUserClusterManifests('csr', 'hooks'),
    'all setups, on a management cluster': wholeManagementManifests(),
  }
  const listed = Object.entries(rights).map(([what, granted]) => [what, linesOf(granted)])
  const text = stringify(Object.fromEntries(listed), { lineWidth: 0 })
  await expect(text).toMatchFileSnapshot('expected/rights.yaml')
})

/** The rules, and the other objects without roles and bindings. */
function linesOf({ objects }: Rights): readonly string[] {
  return objects.flatMap(({ kind, metadata, rules }) => {
    if (rules) return rules.map(ruleText)
    if (kind.endsWith('Binding')) return []
    const { name, namespace, labels = {} } = metadata
    const labelled = Object.entries(labels).map(([key, value]) => ` with ${key}=${value}`)
    return [`${kind} ${name}${inText(namespace)}${labelled}`]
  })
}

const defaultNamespace = 'workload-identity-webhook'
const tokens = /^# DANGER: this account can create tokens of every account/
const forAll = [
  {
    what: 'on a cluster, for whatever accounts in whatever namespaces; the webhook is in workload-identity-webhook, and has a certificate of ours.',
    file: userClusterFileForAll('own-ca'),
    name: 'user-cluster.yaml',
    rights: wholeUserClusterManifests('own-ca', defaultNamespace),
    dangers: [tokens],
    secret: 'user-cluster',
  },
  {
    what: 'on a cluster, for whatever accounts in whatever namespaces; the webhook is in workload-identity-webhook, and asks the cluster for its certificate: only for Kubernetes 1.21 and older.',
    file: userClusterFileForAll('csr'),
    name: 'user-cluster.yaml',
    rights: wholeUserClusterManifests('csr', defaultNamespace),
    dangers: [tokens, /^# DANGER: certificate requests/],
    secret: 'user-cluster',
  },
  {
    what: 'on a management cluster, for whatever clusters in whatever namespaces.',
    file: managementFileForAll(),
    name: 'management-cluster.yaml',
    rights: wholeManagementManifests(),
    dangers: [/^# DANGER: this account can change every AWSCluster/],
    secret: 'management',
  },
]

it.each(forAll)(
  'the file for all requests grants the rights $what',
  ({ what, file, name, rights, dangers, secret }) => {
    const { text, objects } = file
    expect(file.name).toBe(name)
    expect(objects).toEqual(rights.objects.map(plainObject))
    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(objects)
    const [first = '', ...paragraphs] = text.split('\n#\n')
    expect(first.replaceAll('\n# ', ' ')).toBe(`# What the setups of all requests do ${what}`)
    expect(paragraphs.slice(0, -3)).toEqual([
      ...dangers.map((danger) => expect.stringMatching(danger)),
      `# Grant it, as an administrator of this cluster:\n#   kubectl apply -f ${name}`,
    ])
    expect(text).toContain(`--name workload-identity/CLUSTER/${secret} --secret-string`)
  },
)
