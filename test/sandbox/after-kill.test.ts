import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noteEnd, undoAfterKill } from '../../sandbox/after-kill.ts'
import { temporaryDirectory } from '../support/temporary.ts'

/** A folder of state. As in the sandbox, AWS writes its state when it ends, and the other clouds write theirs at once. */
let state: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  state = await temporaryDirectory()
})
afterEach(() => state.remove())

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(state.path, file)), { recursive: true })
  await writeFile(path.join(state.path, file), text)
}

function read(file: string): Promise<string | undefined> {
  return readFile(path.join(state.path, file), 'utf8').catch(() => undefined)
}

const writeOthers = (text: string) =>
  Promise.all([write('google/buckets.json', text), write('kubernetes/objects.json', text)])
const writeAws = (text: string) => Promise.all([write('aws/state/s3.json', '{}'), write('aws/state/iam.json', text)])
const others = () => Promise.all([read('google/buckets.json'), read('kubernetes/objects.json')])

test('resets the other clouds to the last clean end of AWS when AWS was killed', async () => {
  await undoAfterKill(state.path)
  await writeOthers('first')
  await writeAws('first')
  await noteEnd(state.path)
  await undoAfterKill(state.path)
  await writeOthers('second')
  await undoAfterKill(state.path)
  expect(await others()).toEqual(['first', 'first'])
  await writeOthers('third')
  await undoAfterKill(state.path)
  expect(await others()).toEqual(['first', 'first'])
})

test('deletes all state when the first start was killed', async () => {
  await undoAfterKill(state.path)
  await writeOthers('first')
  await write('aws/ministack.log', 'started')
  await undoAfterKill(state.path)
  expect(await others()).toEqual([undefined, undefined])
  expect(await read('aws/ministack.log')).toBeUndefined()
})

test('keeps all state when the sandbox was killed but its AWS ended cleanly', async () => {
  await undoAfterKill(state.path)
  await writeOthers('first')
  await writeAws('first')
  await undoAfterKill(state.path)
  expect(await others()).toEqual(['first', 'first'])
})

test('keeps all state after a clean end, also when AWS wrote nothing new', async () => {
  await writeAws('first')
  await undoAfterKill(state.path)
  await writeOthers('second')
  await noteEnd(state.path)
  await undoAfterKill(state.path)
  expect(await others()).toEqual(['second', 'second'])
})

test('does not copy a socket that a server left behind', async () => {
  await writeOthers('first')
  const server = createServer().listen(path.join(state.path, 'kubernetes/etcd.sock'))
  await once(server, 'listening')
  await undoAfterKill(state.path)
  server.close()
  expect(await readdir(path.join(state.path, 'last-end/kubernetes'))).toEqual(['objects.json'])
})
