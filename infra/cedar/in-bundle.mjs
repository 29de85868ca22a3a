/**
 * The Cedar module for bundles. It replaces `@cedar-policy/cedar-wasm/nodejs`, which reads its WebAssembly file from
 * node_modules. infra/functions/bundle.ts writes the file beside the bundle, compressed with zstd. Unzipped, the packages of all
 * API functions are then 50 MB smaller.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { zstdDecompressSync } from 'node:zlib'
import { initSync } from '@cedar-policy/cedar-wasm/web'

// V8 compiles frequently run code a second time to optimize it. Parsing the schema once would trigger that for much of
// Cedar. It would cost 30 MB, and more time than all decisions of a function.
setFlagsFromString('--wasm-tiering-budget=1000000000')
initSync({ module: zstdDecompressSync(readFileSync(new URL('cedar.wasm.zst', import.meta.url))) })

export { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/web'
