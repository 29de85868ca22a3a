import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { notRunHere, runElsewhere, session } from './command-list.ts'
import { commandsIn, startsWithProgram, unmarkedBlocks } from './commands.ts'
import { pages, read, root } from './support.ts'

test('each command of the pages is run by a test, or the list says why it cannot be run', () => {
  const documented = new Set(pages.flatMap((page) => commandsIn(read(page))))
  const listed = [...Object.keys(session), ...Object.keys(runElsewhere), ...Object.keys(notRunHere)]
  expect(listed.toSorted(), 'test/docs/command-list.ts').toEqual([...documented].toSorted())
})

test.each(Object.entries(runElsewhere))('what runs %s exists', (_, file) => {
  expect(existsSync(path.join(root, file))).toBe(true)
})

test.each(pages)('each block of commands in %s is marked as one', (page) => {
  expect(unmarkedBlocks(read(page)).filter(startsWithProgram)).toEqual([])
})

test('a command that goes over several lines is one, and what is no block of a shell is none', () => {
  const page = '```sh\nnpm test\nwid init -f a.yaml \\\n  --name a\n```\n\n```\nnpm start\n```\n\n```json\n{}\n```\n'
  expect(commandsIn(page)).toEqual(['npm test', 'wid init -f a.yaml --name a'])
  expect(unmarkedBlocks(page)).toEqual(['npm start\n'])
})
