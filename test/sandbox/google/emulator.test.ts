import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startEmulator } from '../../../sandbox/google/emulator.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

describe('the storage emulator', () => {
  test('ends when the process that started it is killed', async () => {
    const module = fileURLToPath(new URL('../../../sandbox/google/emulator.ts', import.meta.url))
    const script = `import { startEmulator } from ${JSON.stringify(module)}
      const { endpoint } = await startEmulator(${JSON.stringify({ python, directory: directory.path })})
      console.log(endpoint)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [endpoint] = await once(parent.stdout, 'data')
    const answers = () =>
      fetch(String(endpoint).trim()).then(
        ({ status }) => status,
        () => 'gone',
      )
    expect(await answers()).toBe(200)
    parent.kill('SIGKILL')

    await expect.poll(answers, { timeout: 5000 }).toBe('gone')
  })

  test('keeps bytes, content type and cache control of an object', async () => {
    const emulator = await startEmulator({ python, directory: directory.path })
    try {
      await emulator.createBucket('bucket', { location: 'EU' })
      const body = Buffer.from('line\r\n--part\r\nÄ\u0000\n')
      const object = { body, contentType: 'application/jwk-set+json', cacheControl: 'no-store' }
      await emulator.putObject('bucket', 'a/b c', object)

      expect(await emulator.object('bucket', 'a/b c')).toEqual(object)
      expect(await emulator.object('bucket', 'a/d')).toBeUndefined()
    } finally {
      await emulator.close()
    }
  })
})
