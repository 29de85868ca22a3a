/**
 * A webhook that is not the sandbox's: it answers every review with a patch that makes what it was started with an annotation
 * of the pod. A pod's annotation `exit` ends it with that status.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:https'

const certificates = '/etc/webhook/certs'
const account = '/var/run/secrets/kubernetes.io/serviceaccount'

const filesIn = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((name) => !name.startsWith('..'))
      .map((name) => [name, readFileSync(`${directory}/${name}`, 'utf8')]),
  )

const canWrite = (file: string): boolean => {
  try {
    writeFileSync(file, '')
    return true
  } catch {
    return false
  }
}

/** The status of a list of all service accounts, asked for as client-go would in a pod. */
const askApiServer = (): Promise<number | undefined> => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  const { token, 'ca.crt': ca } = filesIn(account)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    request({ host, port, path: '/api/v1/serviceaccounts', ca, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

/** The wrapper gives the name by which it was called as the first argument. */
const record = async () => ({
  command: process.argv.slice(2),
  env: process.env,
  directory: process.cwd(),
  user: process.getuid?.(),
  group: process.getgid?.(),
  certificates: filesIn(certificates),
  account: filesIn(account),
  writes: canWrite('/etc/written') || canWrite(`${certificates}/written`),
  apiServer: await askApiServer(),
})

const readJson = async (parts: AsyncIterable<Buffer>) => {
  let text = ''
  for await (const part of parts) text += part
  return JSON.parse(text)
}

const { 'tls.crt': cert, 'tls.key': key } = filesIn(certificates)
createServer({ cert: cert ?? '', key: key ?? '' }, async (incoming, response) => {
  const { request: review } = await readJson(incoming)
  const annotations = { ...review.object.metadata.annotations, record: JSON.stringify(await record()) }
  const patch = JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: annotations }])
  const answer = {
    uid: review.uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(patch).toString('base64'),
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ response: answer }), () => {
    const { exit } = review.object.metadata.annotations ?? {}
    if (exit === undefined) return
    console.error('these were its last words')
    process.exit(Number(exit))
  })
}).listen(8443, () => console.log('it listens'))

process.on('SIGTERM', () => {
  console.log('it was asked to end')
  process.exit(0)
})
