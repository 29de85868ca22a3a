import { expect, test } from 'vitest'
import { checkedPeers, checkedTable, gaps } from '../peers/install/checked.ts'

const peers = [
  { name: 'kube-apiserver', version: '1.37.2', tests: ['kubernetes 1.37/**'] },
  { name: 'kubectl', version: '1.37.2', tests: ['kubernetes 1.37/**/*kubectl*', 'peers/**/*kubectl*'] },
  { name: 'OpenSSL', version: '3.0.19', tests: ['peers/**/thumbprints*'] },
]

const results = [
  {
    project: 'kubernetes 1.37',
    file: 'test/lambdas/clouds/kubernetes/client.kubernetes.test.ts',
    passed: 12,
    failed: 1,
  },
  { project: 'kubernetes 1.37', file: 'test/peers/kubernetes/kubectl.test.ts', passed: 3, failed: 0 },
  { project: 'kubernetes 1.21', file: 'test/peers/kubernetes/kubectl.test.ts', passed: 40, failed: 0 },
  { project: 'peers', file: 'test/peers/kubectl-on-the-sandbox.test.ts', passed: 5, failed: 0 },
]

test('a peer has the tests of its project and its files, and no others', () => {
  const checked = checkedPeers(peers, results)
  expect(checked.map(({ name, passed, failed }) => [name, passed, failed])).toEqual([
    ['kube-apiserver', 15, 1],
    ['kubectl', 8, 0],
    ['OpenSSL', 0, 0],
  ])
})

test('a peer on which nothing was checked is named, and a file that belongs to no peer', () => {
  expect(gaps(peers, results)).toEqual([
    'Nothing was checked on OpenSSL 3.0.19.',
    'test/peers/kubernetes/kubectl.test.ts belongs to no peer: name it in test/peers/install/peers.ts.',
  ])
})

test('the table names each peer with its version and the numbers of its tests', () => {
  expect(checkedTable(checkedPeers(peers, results))).toBe(
    [
      'What was checked, and on what:',
      '  kube-apiserver  1.37.2  15 passed, 1 failed',
      '  kubectl         1.37.2  8 passed',
      '  OpenSSL         3.0.19  0 passed',
    ].join('\n'),
  )
})
