/**
 * `npm run sandbox -- issuers CLUSTER ISSUER ...`: restarts the API server of a cluster of the running sandbox with
 * these issuers as --service-account-issuer. New tokens have the first issuer. A setup of examples/kubeadm.json waits
 * for such a restart.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Agent, ProxyAgent, request } from 'undici'
import { parse } from 'yaml'
import * as z from 'zod'
import { runCommand, WrongUse } from '../../infra/command.ts'
import { restartPath } from '../kubernetes/clusters/restart.ts'
import { notRunning, sandboxHere } from '../running.ts'
import { issuersLine } from './issuers-line.ts'

const help = `Restarts the API server of a cluster of the running sandbox with these issuers. New tokens have the first:

  npm run sandbox -- issuers CLUSTER NEW-ISSUER [OLD-ISSUER ...]

A setup that waits for a new issuer shows the complete command.`

const kubeconfig = z.object({
  clusters: z.tuple([
    z.object({
      cluster: z.object({
        server: z.url(),
        'certificate-authority-data': z.base64(),
        'proxy-url': z.optional(z.url()),
      }),
    }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
})

const restarted = z.object({ issuers: z.array(z.string()), before: z.array(z.string()) })

type Issuers = z.output<typeof restarted>

const refusal = z.object({ message: z.string() })

async function setIssuers(args: string[]): Promise<string> {
  const [name, ...issuers] = parseArgs({ args, allowPositionals: true }).positionals
  if (name === undefined || issuers.length === 0) throw new WrongUse('Give a cluster, and one issuer or more')
  const wrong = issuers.find((issuer) => !isIssuer(issuer))
  if (wrong !== undefined)
    throw new WrongUse(`"${wrong}" is no issuer: give its URL, as in https://oidc.example.com/${name}`)
  return outcomeOf(name, await restart(name, issuers))
}

function isIssuer(text: string): boolean {
  return z.url({ protocol: /^https$/ }).safeParse(text).success
}

async function restart(name: string, issuers: readonly string[]): Promise<Issuers> {
  const { kubeconfigs } = sandboxHere()
  const file = kubeconfigs[name]
  if (file === undefined)
    throw new Error(`There is no cluster ${name}: use one of ${Object.keys(kubeconfigs).join(', ')}`)
  const { clusters, users } = kubeconfig.parse(parse(await readFile(file, 'utf8')))
  const { server, 'certificate-authority-data': ca, 'proxy-url': proxyUrl } = clusters[0].cluster
  const tls = { ca: Buffer.from(ca, 'base64').toString() }
  // No proxy routes a cluster that an agent connects.
  const dispatcher = proxyUrl ? new ProxyAgent({ uri: proxyUrl, requestTls: tls }) : new Agent({ connect: tls })
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' }
  const answer = await request(server + restartPath, {
    method: 'PUT',
    headers,
    body: JSON.stringify(issuers),
    dispatcher,
  }).catch((error: unknown) => {
    throw new Error(notRunning, { cause: error })
  })
  const body: unknown = await answer.body.json()
  await dispatcher.close()
  if (answer.statusCode === 200) return restarted.parse(body)
  const reason = refusal.safeParse(body).data?.message ?? `it answered ${answer.statusCode}`
  throw new Error(`The API server of ${name} was not restarted: ${reason}`)
}

/** Always names the issuer of new tokens, because a setup would wait forever if the issuers were in the wrong order. */
function outcomeOf(name: string, { issuers, before }: Issuers): string {
  const [signs = '', ...others] = issuers
  const accepted = others.length === 0 ? '' : ` Tokens with the issuer ${others.join(' or ')} are accepted, too.`
  if (signs !== before[0]) return `From now on, new tokens of ${name} have the issuer ${signs}.${accepted}\n`
  const turned =
    others.length === 0 || issuers.join() === before.join()
      ? []
      : [
          'New tokens have the first issuer. To put the other issuer first:',
          `  ${issuersLine(name, [...others, signs])}`,
        ]
  return `${[`New tokens of ${name} have the issuer ${signs}, as before.${accepted}`, ...turned].join('\n')}\n`
}

await runCommand(help, setIssuers)
