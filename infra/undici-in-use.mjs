// What the functions use of undici. Its index, which the Kubernetes client imports, brings web sockets, mocks, caches and
// proxies too, and a bundler cannot leave parts of CommonJS out: 0.23 MB and some 15 ms of a function's start.
// By relative paths, because bundle.ts puts this file in the place of `undici`.
export { default as buildConnector } from '../node_modules/undici/lib/core/connect.js'
export { default as Agent } from '../node_modules/undici/lib/dispatcher/agent.js'
export { fetch } from '../node_modules/undici/lib/web/fetch/index.js'
