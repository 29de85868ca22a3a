import { expect, test } from 'vitest'
import { goModFrom } from '../peers/install/go-mod.ts'

const ofKubernetes = `module k8s.io/kubernetes

go 1.26.0

toolchain go1.26.10

require (
	github.com/google/uuid v1.6.0
	k8s.io/api v0.0.0
	k8s.io/klog/v2 v2.140.0
)

replace (
	github.com/google/uuid => github.com/google/uuid v1.6.0
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/tools => ../tools
)
`

test('programs are built from the versions of their own go.mod, with the published modules in place of folders', () => {
  expect(goModFrom(ofKubernetes, 'k8s.io/kubernetes', 'v1.37.2')).toBe(`module peers

require k8s.io/kubernetes v1.37.2

go 1.26.0


require (
	github.com/google/uuid v1.6.0
	k8s.io/api v0.37.2
	k8s.io/klog/v2 v2.140.0
)

replace (
	github.com/google/uuid => github.com/google/uuid v1.6.0
	k8s.io/api => k8s.io/api v0.37.2
)
`)
})
