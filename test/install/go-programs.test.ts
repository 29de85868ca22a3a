import { expect, test } from 'vitest'
import { requiredVersion } from '../peers/install/go-programs.ts'

test('the version of a module is read from a list of requirements', () => {
  const goMod =
    'module peers\n\nrequire (\n\tk8s.io/kubernetes-more v1.0.0\n\tk8s.io/kubernetes v1.37.2 // indirect\n)\n'
  expect(requiredVersion(goMod, 'k8s.io/kubernetes')).toBe('v1.37.2')
})

test('the version of a module is read from a line of its own', () => {
  expect(requiredVersion('require k8s.io/kubernetes v1.21.14\n', 'k8s.io/kubernetes')).toBe('v1.21.14')
})

test('a module that is only replaced is not required', () => {
  const goMod = 'replace (\n\tk8s.io/api => k8s.io/api v0.37.2\n)\n'
  expect(() => requiredVersion(goMod, 'k8s.io/api')).toThrow('go.mod does not require k8s.io/api')
})
