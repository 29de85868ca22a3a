/** Prints the rights that the credentials of a request's clusters need: `npm run deployment -- rights --help`. */
import { parseArgs } from 'node:util'
import { filesForAll, managementFile, userClusterFile } from '../../lambdas/rights/files.ts'
import { purposeOf } from '../../lambdas/rights/manifests.ts'
import { setupOf } from '../../lambdas/rights/setup.ts'
import { signsRequests } from '../../lambdas/webhook/desired/choose.ts'
import { runCommand, WrongUse } from '../command.ts'
import { readRecorded } from './recorded.ts'
import { readRequest } from './request.ts'

const help = `Prints the rights that the credentials of a request's clusters need, as manifests for kubectl:

  npm run --silent deployment -- rights REQUEST.json [--management] [--teardown] [--named-accounts]
                                           [--renewal] [--kubernetes 1.21]
  npm run --silent deployment -- rights --cluster NAME [...]
  npm run --silent deployment -- rights --all [--management] [--kubernetes 1.21]

It prints the rights on the cluster whose workloads get roles.

  --cluster     takes the request that the API at API_URL has recorded for this cluster, with all its workloads
  --all         prints the rights for the setups of all requests, which are as powerful as an administrator's
  --management  prints the rights on its management cluster instead
  --teardown    adds the rights to remove all of it
  --named-accounts
                gives rights on each account by its name, and not on all accounts of the namespaces
  --renewal     adds the right by which rotations renew the token. With --cluster it is there when they do.
  --kubernetes  the version of the cluster, when neither the request nor the record has one. Up to 1.21 the webhook
                requests its certificate from the cluster, unless the request says otherwise.`

async function rightsText(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      cluster: { type: 'string' },
      all: { type: 'boolean', default: false },
      management: { type: 'boolean', default: false },
      teardown: { type: 'boolean', default: false },
      'named-accounts': { type: 'boolean', default: false },
      renewal: { type: 'boolean', default: false },
      kubernetes: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [file, ...more] = positionals
  if (more.length > 0) throw new WrongUse('Give one request')
  if (values.all) return rightsForAll(file, values)
  const { request, minor, renewed } = await requested(file, values)
  const setup = {
    ...setupOf(request, minorOf(values.kubernetes) ?? minor),
    renewal: values.renewal || renewed,
    namedAccounts: values['named-accounts'],
  }
  const fileOf = values.management ? managementFile : userClusterFile
  const observed = fileOf(setup, ['npm run --silent deployment -- rights --', ...args].join(' '), purposeOf(values))
  if (!observed) throw new Error(`The cluster of ${file ?? 'the record'} has no management cluster`)
  return observed.text
}

interface Options {
  readonly cluster?: string | undefined
  readonly management: boolean
  readonly teardown: boolean
  readonly 'named-accounts': boolean
  readonly renewal: boolean
  readonly kubernetes?: string | undefined
}

/** @throws {WrongUse} with what is about one request */
function rightsForAll(file: string | undefined, options: Options): string {
  const { cluster, management, kubernetes } = options
  const ofOne = options.teardown || options['named-accounts'] || options.renewal
  if (file !== undefined || cluster !== undefined || ofOne)
    throw new WrongUse('Give --all with no other option than --management or --kubernetes')
  const minor = minorOf(kubernetes)
  const userCluster = minor !== undefined && signsRequests(minor) ? 'user-cluster-csr.yaml' : 'user-cluster.yaml'
  const name = management ? 'management-cluster.yaml' : userCluster
  return filesForAll()
    .filter((one) => one.name === name)
    .map(({ text }) => text)
    .join('')
}

async function requested(
  file: string | undefined,
  { cluster, management }: { readonly cluster?: string | undefined; readonly management: boolean },
): ReturnType<typeof readRecorded> {
  if (file !== undefined && cluster === undefined) {
    return { request: readRequest(file), minor: undefined, renewed: false }
  }
  if (file === undefined && cluster !== undefined) return readRecorded(cluster, management)
  throw new WrongUse('Give one request, or the name of one cluster')
}

function minorOf(version: string | undefined): number | undefined {
  if (version === undefined) return undefined
  const minor = /^1\.(\d+)(\.|$)/.exec(version)?.[1]
  if (minor === undefined) throw new WrongUse(`--kubernetes takes a version such as 1.21, and this is ${version}`)
  return Number(minor)
}

await runCommand(help, rightsText)
