import { expect, test } from 'vitest'
import { stoppedSandbox } from '../../../cli/sandbox/stopped.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

test('where nothing listens on this machine, the sandbox does not run, and what starts it is said', () => {
  expect(stoppedSandbox('http://127.0.0.1:8080', refused)).toBe(
    'The sandbox at http://127.0.0.1:8080 does not run: nothing listens there. "npm start", in the folder of the repository, starts it.',
  )
})

test.each([
  ['another machine', 'https://api.example.com', refused],
  ['another error', 'http://127.0.0.1:8080', new Error('socket hang up')],
  ['no error of the system', 'http://127.0.0.1:8080', 'lost'],
])('%s has other reasons', (_, url, error) => {
  expect(stoppedSandbox(url, error)).toBeUndefined()
})
