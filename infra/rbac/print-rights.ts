/** Prints the rights that the credentials of a request's clusters need: `npm run deployment -- rights --help`. */
import { parseArgs } from 'node:util'
import { managementFile, userClusterFile } from '../../lambdas/rights/files.ts'
import { purposeOf } from '../../lambdas/rights/manifests.ts'
import { setupOf } from '../../lambdas/rights/setup.ts'
import { runCommand, WrongUse } from '../command.ts'
import { readRecorded } from './recorded.ts'
import { readRequest } from './request.ts'

const help = `Prints the rights that the credentials of a request's clusters need, as manifests for kubectl:

  npm run --silent deployment -- rights REQUEST.json [--management] [--teardown] [--named-accounts]
                                           [--renewal] [--kubernetes 1.21]
  npm run --silent deployment -- rights --cluster NAME [...]

It prints the rights on the cluster whose workloads get roles.

  --cluster     takes the request that the API at API_URL has recorded for this cluster, with all its workloads
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
