export { fetch } from '#undici/web/fetch/index.js'
