/** Helm renders the chart of the agent: charts/agent. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { archiveChart } from '../../tools/release/chart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { chart, release, runHelm } from './support/helm.ts'

const directory = await temporaryDirectory()
afterAll(() => directory.remove())

const file = (name: string) => path.join(import.meta.dirname, 'charts', name)
const valuesOf = (name: string) => readFileSync(file(`${name}.values.yaml`), 'utf8')
const template = (values: string, set: string[] = [], [name = '', folder = chart, ...namespace] = release) =>
  runHelm(values, ['template', name, folder, ...namespace, '--values', '-', ...set.flatMap((one) => ['--set', one])])

test.each(['required', 'all'])('with %s values, the chart passes the strict checks', async (name) => {
  const { code, stdout } = await runHelm(valuesOf(name), ['lint', '--strict', chart, '--values', '-'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')])
})

test.each(['required', 'all'])('with %s values, the chart renders the objects of the file', async (name) => {
  const { stdout } = await template(valuesOf(name))
  await expect(stdout).toMatchFileSnapshot(file(`${name}.yaml`))
})

test.each([
  ['apiUrl=http://roles.example.com', '/apiUrl'],
  ['apiUrl=https://roles.example.com/', '/apiUrl'],
  ['apiUrl=https://user@roles.example.com', '/apiUrl'],
  ['apiUrl=null', '/apiUrl'],
  ['cluster=Edge_1', '/cluster'],
  ['cluster=1234', '/cluster'],
  ['audience=sts.amazonaws.com', '/audience'],
  ['code=short', '/code'],
  ['image.repository=null', '/image/repository'],
  ['image.repository=registry.example.com/agent:1.0.0', '/image/repository'],
  ['image.tag=a b', '/image/tag'],
  ['image.pullPolicy=Sometimes', '/image/pullPolicy'],
  ['image.digest=x', "'digest'"],
  ['imagePullSecrets[0]=registry', '/imagePullSecrets/0'],
  ['httpsProxy=proxy.example.com:3128', '/httpsProxy'],
  ['noProxy=a b', '/noProxy'],
  ['extraCa.configMap=Company CA', '/extraCa/configMap'],
  ['extraCa.key=../ca.crt', '/extraCa/key'],
  ['resources.limit.memory=1Gi', "'limit'"],
  ['podAnnotations.number=1', '/podAnnotations/number'],
  ['nodeSelector.ssd=true', '/nodeSelector/ssd'],
  ['tolerations=edge', '/tolerations'],
  ['affinity=edge', '/affinity'],
  ['replicas=2', "'replicas'"],
])('%s is refused, and the message names the field', async (value, field) => {
  const { code, stderr } = await template(valuesOf('required'), [value])
  expect([code, stderr]).toEqual([1, expect.stringContaining(field)])
})

test('without values, the message names the missing ones', async () => {
  const { stderr } = await template('')
  expect(stderr).toContain("at '': missing properties 'apiUrl', 'cluster', 'audience'")
  expect(stderr).toContain("at '/image': missing property 'repository'")
})

test('another namespace is refused, because "wid rights" creates the account in one', async () => {
  const { code, stderr } = await template(valuesOf('required'), [], ['agent', chart, '--namespace', 'default'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('--namespace workload-identity-setup')])
})

test('the archive of the release has the same chart', async () => {
  const archive = await archiveChart(directory.path, new Date('2026-12-01T00:00:00Z'))
  const [name = '', , ...namespace] = release
  const { stdout } = await template(valuesOf('all'), [], [name, archive, ...namespace])
  expect(stdout).toBe((await template(valuesOf('all'))).stdout)
})
