// The parts of undici that the functions use. The Kubernetes client imports undici's index, which also brings web
// sockets, mocks, caches and proxies. A bundler cannot remove parts of CommonJS modules: they cost 0.23 MB and some 15
// ms of a function's start. bundle.ts replaces `undici` with this file. `#undici` (`imports` of package.json) is
// undici's folder lib. Each part has a file of its own, so that a bundle has only the parts that it uses (`sideEffects`
// of package.json).
export { Agent } from './agent.mjs'
export { Client } from './client.mjs'
export { buildConnector } from './connector.mjs'
export { errors } from './errors.mjs'
export { fetch } from './fetch.mjs'
