/**
 * Cedar as bundles have it, in the place of `@cedar-policy/cedar-wasm/nodejs`, which looks for its WebAssembly file in
 * node_modules. Here the file is beside the bundle (infra/functions/bundle.ts puts it there), compressed with zstd: the packages
 * of all functions of the API together are then 50 MB smaller before they are zipped.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { zstdDecompressSync } from 'node:zlib'
import { initSync } from '@cedar-policy/cedar-wasm/web'

// V8 compiles what runs often a second time, optimised. Reading the schema once would cause that for much of Cedar,
// which costs more than all decisions of a function, and 30 MB.
setFlagsFromString('--wasm-tiering-budget=1000000000')
initSync({ module: zstdDecompressSync(readFileSync(new URL('cedar.wasm.zst', import.meta.url))) })

export { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/web'
