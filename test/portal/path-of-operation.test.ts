import { expect, test } from 'vitest'
import { pathOfOperation } from '../../portal/src/parts/path-of-operation.ts'

test.for(['/v1/operations/op-1', '/staff/v1/operations/op-1'])('%s leads to the page of the operation', (path) => {
  expect(pathOfOperation(path)).toBe('/operations/op-1')
})

test.for(['/v1/clusters/prod', '/a/b/v1/operations/op-1', '/v1/operations/op-1/cancel', undefined])(
  '%s is not the path of an operation',
  (path) => {
    expect(pathOfOperation(path)).toBeUndefined()
  },
)
