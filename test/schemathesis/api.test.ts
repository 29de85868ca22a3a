import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, inject, test } from 'vitest'
import { type System, startSystem } from '../e2e/support/system.ts'
import { pythonProgram } from '../peers/install/python-packages.ts'
import { startAgreeingProxy } from './agreeing-proxy.ts'
import { type Report, reportIn } from './report.ts'

const wanted = Number(process.env.SCHEMATHESIS_REQUESTS ?? 500)
/** Routes for which Schemathesis can generate any number of distinct requests. */
const operations = 15
/** The number of requests with the examples and with the bounds of each field. They run only if more requests are wanted. */
const ofBounds = 2300
const [phases, drawn] = wanted > ofBounds ? ['examples,coverage,fuzzing', wanted - ofBounds] : ['fuzzing', wanted]
/** The generation of the requests takes most of the time. */
const limitMs = 60_000 + wanted * 300

/**
 * Without `ignored_auth`, because the sandbox's port signs each request. Without `unsupported_method`, because API Gateway answers 404
 * without a route. Without `positive_data_acceptance` and the checks that follow resources, because the description cannot express the
 * state of a cluster.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
]

/** The report stays there for debugging. */
const file = path.resolve(import.meta.dirname, '../../.sandbox/schemathesis.ndjson')

let system: System
let report: Report

beforeAll(async () => {
  system = await startSystem()
  report = await requested(system.api)
}, limitMs + 120_000)

async function requested(api: string): Promise<Report> {
  const proxy = await startAgreeingProxy(api)
  const options = {
    '--url': proxy.url,
    '--phases': phases,
    '--checks': checks.join(),
    '--max-examples': String(Math.ceil(drawn / operations)),
    '--output-sanitize': 'false',
    // A setup has many fields with a pattern, so Schemathesis discards most generated values.
    '--suppress-health-check': 'all',
    '--request-timeout': '60',
    '--report-ndjson-path': file,
  }
  const args = ['run', `${api}/v1/openapi.json`, '--generation-deterministic', '--continue-on-failure', '--no-color']
  const env = { ...process.env, PYTHONPATH: import.meta.dirname, SCHEMATHESIS_HOOKS: 'hooks' }
  try {
    await promisify(execFile)(pythonProgram('schemathesis'), [...args, ...Object.entries(options).flat()], {
      env,
      cwd: inject('sandboxDirectory'),
      maxBuffer: 1024 * 1024 * 1024,
      timeout: limitMs,
    })
  } catch (error) {
    // Status 1 means that a check has failed. The report has the failures.
    if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error
  } finally {
    proxy.close()
  }
  return reportIn(await readFile(file, 'utf8'))
}

test('no answer to a generated request is a 5xx or contradicts the description', async ({ annotate }) => {
  for (const line of countsOf(report)) await annotate(line, 'requests')
  expect(report.failures).toEqual([])
})

test('the API answers at least the wanted number of requests', () => {
  expect(report.sent.filter(({ status }) => status !== undefined).length).toBeGreaterThanOrEqual(wanted)
})

test('the API accepts most generated setups that fit the description, unless another operation runs on the cluster', () => {
  const setups = report.sent.filter(({ operation, fits }) => operation === 'POST /v1/setups' && fits)
  const statuses = setups.map(({ status }) => status).filter((status) => status !== 409)
  expect(statuses.filter((status) => status === 202).length, statuses.join()).toBeGreaterThan(statuses.length / 2)
})

/** `OPERATION: STATUS COUNT, STATUS COUNT` */
function countsOf({ sent }: Report): string[] {
  const byOperation = Map.groupBy(sent, ({ operation }) => operation)
  return [...byOperation].map(([operation, those]) => {
    const byStatus = Map.groupBy(those, ({ status }) => status ?? 'none')
    const counts = [...byStatus].map(([status, some]) => `${status} ${some.length}`).sort()
    return `${operation}: ${counts.join(', ')}`
  })
}
