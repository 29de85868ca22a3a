/**
 * `npm run sandbox:issuers -- CLUSTER ISSUER ...`: restarts the API server of a cluster of the running sandbox with these as
 * --service-account-issuer, the first for new tokens. For what a setup of examples/kubeadm.json asks an administrator to do.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ProxyAgent, request } from 'undici'
import { parse } from 'yaml'
import * as z from 'zod'
import { runCommand, WrongUse } from '../infra/command.ts'
import { restartPath } from './kubernetes/restart.ts'

const help = `Restarts the API server of a cluster of the running sandbox with other issuers, the first for new tokens:

  npm run sandbox:issuers -- CLUSTER ISSUER ...`

const description = z.object({ proxy: z.url(), kubeconfigs: z.record(z.string(), z.string()) })

const kubeconfig = z.object({
  clusters: z.tuple([
    z.object({
      cluster: z.object({
        server: z.url(),
        'certificate-authority-data': z.base64(),
        'proxy-url': z.url().optional(),
      }),
    }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
})

async function setIssuers(args: string[]): Promise<string> {
  const [name, ...issuers] = parseArgs({ args, allowPositionals: true }).positionals
  if (name === undefined || issuers.length === 0) throw new WrongUse('Give a cluster, and one issuer or more')
  const file = path.join('.sandbox', 'sandbox.json')
  const { kubeconfigs, proxy } = description.parse(JSON.parse(await readFile(file, 'utf8').catch(stopped)))
  const found = kubeconfigs[name]
  if (found === undefined)
    throw new Error(`There is no cluster ${name}: use one of ${Object.keys(kubeconfigs).join(', ')}`)
  const { clusters, users } = kubeconfig.parse(parse(await readFile(found, 'utf8')))
  const { server, 'certificate-authority-data': ca, 'proxy-url': proxyUrl = proxy } = clusters[0].cluster
  const dispatcher = new ProxyAgent({ uri: proxyUrl, requestTls: { ca: Buffer.from(ca, 'base64').toString() } })
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' }
  const sent = request(server + restartPath, {
    method: 'PUT',
    headers,
    body: JSON.stringify(issuers),
    dispatcher,
  })
  const answer = await sent.catch(stopped)
  const text = await answer.body.text()
  await dispatcher.close()
  if (answer.statusCode !== 200) throw new Error(`The API server of ${name} answered ${answer.statusCode}: ${text}`)
  return `Tokens of ${name} are of ${issuers[0]} from now on.\n`
}

/** There is no sandbox.json before the first start, and nothing listens after the end. */
function stopped(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw error
  throw new Error('The sandbox of this folder does not run. "npm start" starts it.')
}

await runCommand(help, setIssuers)
