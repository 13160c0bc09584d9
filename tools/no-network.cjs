// Refuses every connection that would leave loopback, in this process and in every Node it starts.
// Preload it (`node --require …/no-network.cjs`; a module preloaded by --import would miss some worker threads);
// vitest.config.ts does so for all tests. Each attempt is also written to the file that NO_NETWORK_LOG names, since
// a library may swallow the error. Native code that opens sockets by itself is not seen.
const dgram = require('node:dgram')
const dns = require('node:dns')
const { appendFileSync } = require('node:fs')
const net = require('node:net')
const { syncBuiltinESMExports } = require('node:module')

const installed = Symbol.for('growr.no-network')

/** Whether an address or name is this machine by definition, without asking anybody. */
function isLoopback(host) {
  const name = String(host).toLowerCase().replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (name === 'localhost' || name === '::1') return true
  return net.isIPv4(name) && name.startsWith('127.')
}

function refuse(how, host) {
  const error = new Error(`${how} to ${host}: nothing may leave loopback here`)
  error.code = 'NETWORK_REFUSED'
  const file = process.env.NO_NETWORK_LOG
  if (file) {
    const from = (error.stack ?? '').split('\n').filter((line) => line.includes('/') && !line.includes('no-network') && !line.includes('node:'))
    appendFileSync(file, `${how} ${host}${from.slice(0, 3).map((line) => ` < ${line.trim().replace(/^at /, '')}`).join('')}\n`)
  }
  throw error
}

function guard(how, host) {
  if (host !== undefined && host !== null && !isLoopback(host)) refuse(how, host)
}

/** The host of `socket.connect(…)`: undefined means localhost, null a path or pipe on this machine. */
function connectHost(args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (first !== null && typeof first === 'object') return first.path ? null : first.host
  if (typeof first === 'string' && !/^\d+$/.test(first)) return null
  return typeof args[1] === 'string' ? args[1] : undefined
}

/** The address of `send(message[, offset, length], port[, address][, callback])`: undefined means localhost. */
function sendAddress(args) {
  const given = args.slice(1).filter((arg) => typeof arg !== 'function')
  return given.length >= 4 ? given[3] : given.length === 2 ? given[1] : undefined
}

function wrap(object, name, check) {
  const original = object[name]
  if (typeof original !== 'function') return
  object[name] = function (...args) {
    check(args)
    return original.apply(this, args)
  }
}

function install() {
  wrap(net.Socket.prototype, 'connect', (args) => guard('connection', connectHost(args)))
  wrap(dgram.Socket.prototype, 'send', (args) => guard('datagram', sendAddress(args)))
  wrap(dgram.Socket.prototype, 'connect', (args) => guard('datagram', typeof args[1] === 'string' ? args[1] : undefined))
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of Object.getOwnPropertyNames(resolver)) {
      // A look-up of an address asks nobody; any other name would be asked of a server.
      if (/^(lookup|resolve\w*)$/.test(name)) wrap(resolver, name, ([host]) => !net.isIP(String(host ?? '')) && guard('look-up', host))
      if (name === 'reverse' || name === 'lookupService') wrap(resolver, name, ([host]) => guard('look-up', host))
    }
  }
  syncBuiltinESMExports()
  // Children inherit the guard by their environment.
  process.env.NODE_OPTIONS = withGuard(process.env.NODE_OPTIONS)
}

/** NODE_OPTIONS with this file preloaded, its path quoted, since a folder may have a space in its name. */
function withGuard(options = '') {
  const preload = `--require=${JSON.stringify(__filename)}`
  return options.includes(preload) ? options : `${options} ${preload}`.trim()
}

if (!globalThis[installed]) {
  globalThis[installed] = true
  install()
}

module.exports = { isLoopback, withGuard }
