import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { curlCommand, widCommand } from '../../../portal/src/pages/new-setup/commands.ts'

/** Runs a command in a shell, with a function instead of the program. */
function run(program: string, command: string): string {
  const script = `cd "$(mktemp -d)" && ${program}\n${command}`
  return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout
}

const yaml = 'cluster:\n  name: prod-eu\n  note: it\'s "$HOME" `id` \\n\n'

test('the command passes the request to wid unchanged, with any characters', () => {
  expect(run('wid() { echo "$*"; cat "$3"; }', widCommand('prod-eu', yaml))).toBe(`apply -f prod-eu.yaml\n${yaml}`)
})

test('curl sends the request unchanged', () => {
  const request = { cluster: { name: 'it\'s "$HOME"' } }
  const command = curlCommand({ url: 'https://api.example.com', takesTokens: false }, request)
  expect(JSON.parse(run('curl() { cat; }', command))).toEqual(request)
  expect(run('curl() { echo "$*"; }', command)).toContain('-X POST https://api.example.com/v1/setups')
})

test('curl sends a token from a variable, which the command does not contain', () => {
  const command = curlCommand({ url: 'https://api.example.com', takesTokens: true }, {})
  expect(run('TOKEN=secret; curl() { echo "$*"; }', command)).toContain('-H authorization: Bearer secret')
  expect(command).not.toContain('secret')
})
