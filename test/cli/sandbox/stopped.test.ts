import { expect, test } from 'vitest'
import { stoppedSandbox } from '../../../cli/sandbox/stopped.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

test('a refused local connection means that the sandbox does not run, and the message says how to start it', () => {
  expect(stoppedSandbox('http://127.0.0.1:8080', refused)).toBe(
    'The sandbox at http://127.0.0.1:8080 does not run: nothing listens there. "npm start", in the folder of the repository, starts it.',
  )
})

test.each([
  ['another machine', 'https://api.example.com', refused],
  ['another error', 'http://127.0.0.1:8080', new Error('socket hang up')],
  ['an error without a code', 'http://127.0.0.1:8080', 'lost'],
])('%s does not mean a stopped sandbox', (_, url, error) => {
  expect(stoppedSandbox(url, error)).toBeUndefined()
})
