export { default as buildConnector } from '#undici/core/connect.js'
