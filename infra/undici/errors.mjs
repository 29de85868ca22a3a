export { default as errors } from '#undici/core/errors.js'
