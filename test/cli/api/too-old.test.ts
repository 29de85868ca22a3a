import { expect, test } from 'vitest'
import { tooOld } from '../../../cli/api/too-old.ts'

const answer = (oldest: string) =>
  new Response(null, {
    headers: { 'Workload-Identity-Version': '1.12.0', 'Workload-Identity-Oldest-Command': oldest },
  })

test.each([
  ['1.9.0', '1.10.0'],
  ['1.9.9', '2.0.0'],
  ['1.0.0-rc.1', '1.0.1'],
])('wid %s is too old for an API that supports %s and newer', (version, oldest) => {
  expect(tooOld(version, answer(oldest))).toBe(
    `wid ${version} is too old for this deployment (1.12.0), which supports ${oldest} and newer. Install wid from the release of the deployment.`,
  )
})

test.each([
  ['1.10.0', '1.9.0'],
  ['1.0.0', '1.0.0'],
  ['1.0.0-rc.1', '1.0.0'],
  ['unreleased', '9.0.0'],
  ['1.0.0', 'nonsense'],
])('wid %s may use an API that supports %s and newer', (version, oldest) => {
  expect(tooOld(version, answer(oldest))).toBeUndefined()
})

test('an API that names no oldest version supports every one', () => {
  expect(tooOld('0.1.0', new Response())).toBeUndefined()
})
