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
/** Routes for which as many different requests can be made as are asked for. */
const operations = 15
/** Requests with the examples, and with the bounds of each field. They are made where more are wanted. */
const ofBounds = 2300
const [phases, drawn] = wanted > ofBounds ? ['examples,coverage,fuzzing', wanted - ofBounds] : ['fuzzing', wanted]
/** Most of the time goes into making the requests. */
const limitMs = 60_000 + wanted * 300

/**
 * Left out: `ignored_auth`, since the sandbox's port signs each request; `unsupported_method`, since API Gateway answers 404 where
 * there is no route; `positive_data_acceptance` and what follows resources, since the description cannot say what the state of a
 * cluster allows.
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

/** It stays, for who looks at what was sent. */
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
    // A setup has many fields with a pattern: most tries are thrown away.
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
    // It ends so where a check has failed, which the report tells.
    if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error
  } finally {
    proxy.close()
  }
  return reportIn(await readFile(file, 'utf8'))
}

test('no answer to a generated request is a 5xx or other than the description says', async ({ annotate }) => {
  for (const line of countsOf(report)) await annotate(line, 'requests')
  expect(report.failures).toEqual([])
})

test('as many requests are answered as were wanted', () => {
  expect(report.sent.filter(({ status }) => status !== undefined).length).toBeGreaterThanOrEqual(wanted)
})

test('most generated setups that fit the description are accepted, where no other is under way on the cluster', () => {
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
