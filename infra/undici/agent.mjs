export { default as Agent } from '#undici/dispatcher/agent.js'
