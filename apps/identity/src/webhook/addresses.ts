import { lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Where webhooks may go: to the public internet; to this machine as well (a laptop); to anything (a closed network). The address is
 * looked at when the connection is made, so a name that resolves to another one the second time gains nothing.
 */
export type Targets = 'public' | 'loopback' | 'private'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** IANA's registries of special-purpose addresses: what is not globally reachable, and what leads there in disguise. */
const special = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3],
] as const) special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) special.addSubnet(network, bits, 'ipv6')

/** Of IPv6, only this is given out to the public; link-local, unique local, mapped and translated addresses lie outside. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

/** Whether a connection may be made to this address. */
export function mayReach(address: string, targets: Targets): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (targets === 'private') return true
  if (targets === 'loopback' && loopback.check(address, kind)) return true
  return !special.check(address, kind) && (family === 4 || global.check(address, kind))
}

/** A host that is this machine by its very name. */
export const isLocal = (hostname: string): boolean => hostname === 'localhost' || hostname.endsWith('.localhost') || loopback.check(bare(hostname), isIP(bare(hostname)) === 6 ? 'ipv6' : 'ipv4')

/** A host out of an URL, without the brackets of IPv6. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Whether a host may be reached: by each address that it has now. One that cannot be resolved may: asking it fails. */
export function mayReachHost(hostname: string, targets: Targets): Promise<boolean> {
  const host = bare(hostname)
  if (isIP(host) !== 0) return Promise.resolve(mayReach(host, targets))
  return new Promise((done) => resolve(host, { all: true }, (error, found) => done(error !== null || found.every(({ address }) => mayReach(address, targets)))))
}

/** Resolves a name as usual and lets through only addresses that may be reached: the connection goes to just what was looked at. */
export function guardedLookup(targets: Targets): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const allowed = found.filter(({ address }) => mayReach(address, targets))
      const [first] = allowed
      if (first === undefined) return callback(Object.assign(new Error('no address that may be reached'), { code: 'ADDRESS_REFUSED' }), '')
      if (options.all) return callback(null, allowed)
      callback(null, first.address, first.family)
    })
  }
}
