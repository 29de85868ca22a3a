import request from '#undici/api/api-request.js'
import AgentOfLib from '#undici/dispatcher/agent.js'

/** undici's index adds `request` to all its dispatchers. This class adds it to Agent. */
export class Agent extends AgentOfLib {
  request(options, callback) {
    return request.call(this, options, callback)
  }
}
