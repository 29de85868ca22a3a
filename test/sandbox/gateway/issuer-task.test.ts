import { expect, it } from 'vitest'
import { withIssuerCommand } from '../../../sandbox/gateway/issuer-task.ts'

const line = 'npm run sandbox -- issuers edge-1 https://new.example.com https://old.example.com'
const commands = [{ purpose: 'In /etc/rancher/k3s/config.yaml, set', command: 'kube-apiserver-arg:' }]

function operationWith(link: string): string {
  const task = { title: 'Set the issuer on the API servers', commands, link }
  return JSON.stringify({
    operationId: 'op-1',
    cluster: 'edge-1',
    steps: [
      { state: 'PublishDiscovery', attempts: 1 },
      { state: 'CheckIssuer', attempts: 7, task },
    ],
  })
}

it('adds the command of the sandbox before those for other machines, and changes nothing else', () => {
  const body = operationWith('docs/issuer.md#k3s')
  const changed = JSON.parse(withIssuerCommand(body, () => line))
  const own = { purpose: expect.stringContaining('In the sandbox'), command: line }
  const before = JSON.parse(body)
  before.steps[1].task.commands = [own, ...commands]
  expect(changed).toEqual(before)
})

it.each([
  ['with another task', operationWith('docs/cli.md#connect-a-cluster'), () => line],
  ['that waits for a key to be accepted', operationWith('docs/issuer.md#accept-a-key'), () => line],
  ['of a cluster outside the sandbox', operationWith('docs/issuer.md#k3s'), () => undefined],
  ['without a cluster', JSON.stringify({ operationId: 'op-1', steps: [] }), () => line],
])('does not change an operation %s', (_, body, commandOf) => {
  expect(withIssuerCommand(body, commandOf)).toBe(body)
})
