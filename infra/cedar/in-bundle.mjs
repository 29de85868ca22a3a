/**
 * The Cedar module for bundles. It replaces `@cedar-policy/cedar-wasm/nodejs`, which reads its WebAssembly file from
 * node_modules. infra/functions/bundle.ts compresses the file with zstd, and writes it beside the bundle. The
 * compression makes the unzipped packages of all API functions 50 MB smaller in total.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { zstdDecompressSync } from 'node:zlib'
import { initSync } from '@cedar-policy/cedar-wasm/web'

// V8 compiles frequently run code a second time to optimize it. One parse of the schema would already cause this for
// much of Cedar. The second compilation would cost 30 MB, and more time than all decisions of a function.
setFlagsFromString('--wasm-tiering-budget=1000000000')
initSync({ module: zstdDecompressSync(readFileSync(new URL('cedar.wasm.zst', import.meta.url))) })

export { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/web'
