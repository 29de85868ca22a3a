// Checks the template and the entities of a folder by Backstage's own validators, and runs the template's steps by the action
// that Backstage runs: check.mjs FOLDER URL PARAMETERS
//
// URL is where the endpoint of Backstage's proxy leads to, PARAMETERS the JSON of what somebody has filled into the form.
// Prints the outputs of the steps, JSON by step.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv } from 'ajv'
import { parseAllDocuments } from 'yaml'

const require = createRequire(import.meta.url)
const catalog = require('@backstage/catalog-model')
const { templateEntityV1beta3Validator } = require('@backstage/plugin-scaffolder-common')
const { createHttpBackstageAction } = require('@roadiehq/scaffolder-backend-module-http-request')

const validators = {
  API: catalog.apiEntityV1alpha1Validator,
  Component: catalog.componentEntityV1alpha1Validator,
  Resource: catalog.resourceEntityV1alpha1Validator,
  System: catalog.systemEntityV1alpha1Validator,
  Template: templateEntityV1beta3Validator,
}

const policies = [
  new catalog.SchemaValidEntityPolicy(),
  new catalog.NoForeignRootFieldsEntityPolicy(),
  new catalog.FieldFormatEntityPolicy(),
]

const [folder, url, parameters] = process.argv.slice(2)
const prefix = '/api/proxy/workload-identity'

function documentsOf(name) {
  const text = readFileSync(path.join(folder, name), 'utf8')
  return parseAllDocuments(text).map((document) => document.toJS())
}

/** @throws Error of the validator that the entity does not pass */
async function requireValid(entity) {
  const { kind, metadata, spec } = entity
  // The catalog puts the text of the file in the place of `$text` before it validates.
  const read = kind === 'API' ? { ...entity, spec: { ...spec, definition: spec.definition.$text } } : entity
  for (const policy of policies) await policy.enforce(read)
  const isKnown = await validators[kind]?.check(read)
  if (!isKnown) throw new Error(`${kind} ${metadata.name} is of no kind and version that Backstage knows`)
}

/** In place of the scaffolder's templates: the two expressions that this template has. */
function filledIn(part, values) {
  if (typeof part === 'string') {
    return part.replaceAll(/\$\{\{ (\w+)\.([\w.]+) \}\}/g, (_, owner, name) => values[owner][name])
  }
  if (Array.isArray(part)) return part.map((one) => filledIn(one, values))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, filledIn(one, values)]))
}

/** In place of Backstage's proxy: its endpoint leads to the API. */
async function proxy() {
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request)
    const { 'content-type': type, 'idempotency-key': key } = request.headers
    const answer = await fetch(url + request.url.slice(prefix.length), {
      method: request.method,
      headers: { 'content-type': type, 'idempotency-key': key },
      body: Buffer.concat(chunks),
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') })
    response.end(await answer.text())
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function run({ spec: { steps } }) {
  const server = await proxy()
  const discovery = { getBaseUrl: async (plugin) => `http://127.0.0.1:${server.address().port}/api/${plugin}` }
  const action = createHttpBackstageAction({ discovery })
  const isValid = new Ajv({ strict: false }).compile(action.schema.input)
  const values = { parameters: JSON.parse(parameters), context: { 'task.id': randomUUID() } }
  const outputs = {}
  try {
    for (const step of steps) {
      const input = filledIn(step.input, values)
      if (step.action !== action.id) throw new Error(`step ${step.id} has the action ${step.action}`)
      if (!isValid(input)) throw new Error(`step ${step.id}: ${JSON.stringify(isValid.errors)}`)
      const output = (name, value) => {
        outputs[step.id] = { ...outputs[step.id], [name]: value }
      }
      await action.handler({ input, output, logger: { info() {}, error: console.error } })
    }
    return outputs
  } finally {
    server.close()
  }
}

const [template] = documentsOf('template.yaml')
for (const entity of [template, ...documentsOf('catalog-info.yaml')]) await requireValid(entity)
process.stdout.write(`${JSON.stringify(await run(template))}\n`)
