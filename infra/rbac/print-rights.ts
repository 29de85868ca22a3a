/** Prints the Kubernetes rights for every request: `npm run deployment -- rights --help`. */
import { parseArgs } from 'node:util'
import { managementFileForAll, userClusterFileForAll } from '../../lambdas/rights/files.ts'
import { signsRequests } from '../../lambdas/webhook/desired/choose.ts'
import { runCommand, WrongUse } from '../command.ts'

const help = `Prints the Kubernetes rights that the operations of every request need, as manifests for kubectl:

  npm run --silent deployment -- rights [--management] [--kubernetes 1.21]

These rights are as powerful as those of an administrator. "wid rights" prints the narrower rights for one cluster.

  --management  prints the rights on a management cluster instead
  --kubernetes  the version of the cluster. Up to 1.21 the webhook requests its certificate from the cluster.`

async function rightsText(args: readonly string[]): Promise<string> {
  const options = { management: { type: 'boolean', default: false }, kubernetes: { type: 'string' } } as const
  const { management, kubernetes } = parseArgs({ args: [...args], options }).values
  if (management) return managementFileForAll().text
  const minor = minorOf(kubernetes)
  return userClusterFileForAll(minor !== undefined && signsRequests(minor) ? 'csr' : 'own-ca').text
}

function minorOf(version: string | undefined): number | undefined {
  if (version === undefined) return undefined
  const minor = /^1\.(\d+)(\.|$)/.exec(version)?.[1]
  if (minor === undefined) throw new WrongUse(`--kubernetes takes a version such as 1.21, not ${version}`)
  return Number(minor)
}

await runCommand(help, rightsText)
