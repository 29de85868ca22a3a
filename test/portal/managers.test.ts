import { expect, test } from 'vitest'
import { onlyManager, sharedClusters } from '../../portal/src/parts/managers.ts'

const [file, portal, leaving] = [{ manager: 'file' }, { manager: 'portal' }, {}]

test('workloads have a single manager if no other manager has declared any of them', () => {
  expect(onlyManager([file, file, leaving])).toBe('file')
  expect(onlyManager([file, portal])).toBeUndefined()
  expect(onlyManager([leaving])).toBeUndefined()
})

test('a cluster is shared if several managers have declared workloads of it', () => {
  const rows = [
    { cluster: 'a', ...file },
    { cluster: 'a', ...portal },
    { cluster: 'b', ...file },
    { cluster: 'b', ...leaving },
    { cluster: 'c', ...portal },
  ]
  expect([...sharedClusters(rows)]).toEqual(['a'])
})
