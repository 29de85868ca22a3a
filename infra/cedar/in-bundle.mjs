/**
 * Cedar as bundles have it, in the place of `@cedar-policy/cedar-wasm/nodejs`, which looks for its WebAssembly file in
 * node_modules. Here the file is beside the bundle (infra/bundle.ts puts it there), compressed with zstd: the packages
 * of all functions of the API together are then 50 MB smaller before they are zipped.
 */
import { readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { initSync } from '@cedar-policy/cedar-wasm/web'

initSync({ module: zstdDecompressSync(readFileSync(new URL('cedar.wasm.zst', import.meta.url))) })

export { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/web'
