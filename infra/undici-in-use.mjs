// What the functions use of undici. Its index, which the Kubernetes client imports, brings web sockets, mocks, caches and
// proxies too, and a bundler cannot leave parts of CommonJS out: 0.23 MB and some 15 ms of a function's start.
// `#undici` (`imports` of package.json) is undici's own folder lib, because bundle.ts puts this file in the place of `undici`.
export { default as buildConnector } from '#undici/core/connect.js'
export { default as Agent } from '#undici/dispatcher/agent.js'
export { fetch } from '#undici/web/fetch/index.js'
