// What the functions use of undici. Its index, which the Kubernetes client imports, brings web sockets, mocks, caches and
// proxies too, and a bundler cannot leave parts of CommonJS out: 0.23 MB and some 15 ms of a function's start.
// bundle.ts puts this file in the place of `undici`; `#undici` (`imports` of package.json) is undici's own folder lib.
// A file for each part, so that a bundle has only those that it uses (`sideEffects` of package.json).
export { Agent } from './agent.mjs'
export { Client } from './client.mjs'
export { buildConnector } from './connector.mjs'
export { errors } from './errors.mjs'
export { fetch } from './fetch.mjs'
