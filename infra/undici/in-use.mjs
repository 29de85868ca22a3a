// The parts of undici that the functions use. bundle.ts replaces `undici` with this file. The Kubernetes client imports
// undici's index, which also contains web sockets, mocks, caches and proxies. A bundler cannot remove parts of CommonJS
// modules, and these parts would cost 0.23 MB and about 15 ms of a function's start. `#undici` (`imports` of
// package.json) is undici's folder lib. Each part has its own file, so that a bundle contains only the parts that it
// uses (`sideEffects` of package.json).
export { Agent } from './agent.mjs'
export { Client } from './client.mjs'
export { buildConnector } from './connector.mjs'
export { errors } from './errors.mjs'
export { fetch } from './fetch.mjs'
