import request from '#undici/api/api-request.js'
import ClientOfLib from '#undici/dispatcher/client.js'

/** undici's index adds `request` to all its dispatchers. This class adds it to Client. */
export class Client extends ClientOfLib {
  request(options, callback) {
    return request.call(this, options, callback)
  }
}
