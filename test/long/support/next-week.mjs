// For `node --import`: moves the clock of a process a week ahead.
const aheadMs = 7 * 24 * 60 * 60 * 1000
const Today = Date

globalThis.Date = class extends Today {
  constructor(...parts) {
    if (parts.length === 0) super(Today.now() + aheadMs)
    else super(...parts)
  }

  static now() {
    return Today.now() + aheadMs
  }
}
