import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { notRunHere, runElsewhere, session } from './command-list.ts'
import { commandsIn, startsWithProgram, unmarkedBlocks } from './commands.ts'
import { pages, read, root } from './support.ts'

test('each command of the pages has a test, or a reason that it has none', () => {
  const documented = new Set(pages.flatMap((page) => commandsIn(read(page))))
  const listed = [...Object.keys(session), ...Object.keys(runElsewhere), ...Object.keys(notRunHere)]
  expect(listed.toSorted(), 'test/docs/command-list.ts').toEqual([...documented].toSorted())
})

test.each(Object.entries(runElsewhere))('the test of %s exists', (_, file) => {
  expect(existsSync(path.join(root, file))).toBe(true)
})

test.each(pages)('each block of commands in %s has the language sh', (page) => {
  expect(unmarkedBlocks(read(page)).filter(startsWithProgram)).toEqual([])
})

test('finds a command over several lines as one, and no commands outside of sh blocks', () => {
  const page = '```sh\nnpm test\nwid init -f a.yaml \\\n  --name a\n```\n\n```\nnpm start\n```\n\n```json\n{}\n```\n'
  expect(commandsIn(page)).toEqual(['npm test', 'wid init -f a.yaml --name a'])
  expect(unmarkedBlocks(page)).toEqual(['npm start\n'])
})
