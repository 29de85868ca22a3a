#!/usr/bin/env bash
# Generates what the published module of Kubernetes 1.21 lacks, its OpenAPI definitions, into a vendor folder, from which
# its programs are built then. Runs in a copy of this folder, with Go 1.16.
set -euo pipefail
here=$PWD

GOFLAGS=-mod=readonly go mod vendor
go build -o openapi-gen k8s.io/kube-openapi/cmd/openapi-gen

# The generator knows no modules: it reads packages from a GOPATH, and compiles against the sources of the Go that runs.
mkdir gopath
ln -s ../vendor gopath/src
GOROOT=$(go env GOROOT)
export GOROOT PATH="$GOROOT/bin:$PATH" GO111MODULE=off GOPATH="$here/gopath"
packages=$(cd vendor && grep -rl --include='*.go' '^// *+k8s:openapi-gen=' k8s.io/ | xargs -n1 dirname | sort -u | paste -sd,)
cd gopath/src/k8s.io/kubernetes
"$here/openapi-gen" --logtostderr --go-header-file /dev/null --report-filename "$here/violations.txt" \
  --input-dirs "$packages" \
  --output-base "$here/gopath/src" --output-package k8s.io/kubernetes/pkg/generated/openapi --output-file-base zz_generated.openapi
