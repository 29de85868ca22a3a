/**
 * A stand-in for the webhook's binary. Its patch adds an annotation to the pod, with its command line and the status of a call
 * to the API server. A pod's annotation `exit` ends it with that status.
 */
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { parse } from 'yaml'

/** The value of a flag. Like pflag, the last occurrence wins. */
const flag = (name: string): string => {
  const found = process.argv.findLast((argument) => argument.startsWith(`--${name}=`))
  return found?.slice(name.length + 3) ?? ''
}

/** The status of a list of all service accounts, with the kubeconfig of the flag. */
const callApiServer = (): Promise<number | undefined> => {
  const { clusters, users } = parse(readFileSync(flag('kubeconfig'), 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const headers = { authorization: `Bearer ${users[0].user.token}` }
  return new Promise((resolve, reject) => {
    const options = { ca: Buffer.from(ca, 'base64'), headers }
    request(`${server}/api/v1/serviceaccounts`, options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

const tls = { cert: readFileSync(flag('tls-cert')), key: readFileSync(flag('tls-key')) }
createServer(tls, async (incoming, response) => {
  const { request: review } = JSON.parse(await text(incoming))
  const record = JSON.stringify({ command: process.argv.slice(2), apiServer: await callApiServer() })
  const { annotations } = review.object.metadata
  const patch = JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: { ...annotations, record } }])
  const answer = {
    uid: review.uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(patch).toString('base64'),
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ response: answer }), () => {
    if (annotations?.exit === undefined) return
    console.error('these were its last words')
    process.exit(Number(annotations.exit))
  })
}).listen(Number(flag('port')))
