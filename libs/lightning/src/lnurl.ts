// LUD-01: addresses of services as bech32. LUD-16: Lightning addresses, which look like those of e-mail.
import { bech32 } from '@scure/base'
import { invalid, pasted, readUtf8 } from './address-refusal.ts'

const URL_LIMIT = 2_000
const USER = /^[a-z0-9_.-]{1,64}$/
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

export interface UrlRules {
  /** For tests: a server on this machine too, over http. */
  readonly loopback?: boolean
}

/**
 * A URL that a stranger may have us ask: https with a public name (no number, no machine of the own network), or http of an onion
 * service. Names are not looked up here: whoever gives the `fetch` sees to it that they lead outside. ADDRESS_INVALID.
 */
export function serviceUrl(text: string, { loopback = false }: UrlRules = {}): URL {
  if (text.length > URL_LIMIT) throw invalid('url', 'the address of the service is too long')
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') throw invalid('url', 'the address of the service is none')
  const host = url.hostname.replace(/\.$/, '')
  if (loopback && LOOPBACK.has(host) && url.protocol === 'http:') return url
  const onion = host.endsWith('.onion')
  if (url.protocol !== 'https:' && !(onion && url.protocol === 'http:')) throw invalid('url', 'a service is asked over https, or at an onion address')
  const named = host.includes('.') && !/^[\d.]+$/.test(host) && !host.startsWith('[') && !/\.(localhost|local|internal|lan|home\.arpa|test|invalid)$/.test(host)
  if (!named) throw invalid('url', 'the address of the service leads to no public one')
  return url
}

/** `LNURL1…`, in capitals as a QR code wants it. */
export function encodeLnurl(url: string, rules: UrlRules = {}): string {
  return bech32.encode('lnurl', bech32.toWords(new TextEncoder().encode(serviceUrl(url, rules) && url)), false).toUpperCase()
}

/**
 * The URL that an LNURL stands for, with `lightning:` before it, or as `lightning=` within another URL. ADDRESS_INVALID: none, misspelt, or
 * one that is not to be asked.
 */
export function decodeLnurl(text: string, rules: UrlRules = {}): URL {
  const given = pasted(text)
  const inside = /^[a-z][a-z0-9+.-]*:/i.test(given) ? URL.parse(given)?.searchParams.get('lightning') : undefined
  let bytes: Uint8Array
  try {
    const { prefix, words } = bech32.decode(inside ?? given, false)
    if (prefix !== 'lnurl') throw invalid('prefix', 'this is no LNURL')
    bytes = bech32.fromWords(words)
  } catch {
    throw invalid('checksum', 'this is no LNURL, or a character of it is misspelt or missing')
  }
  const url = readUtf8(bytes)
  if (url === undefined) throw invalid('url', 'the address of the service is none')
  return serviceUrl(url, rules)
}

export interface LightningAddress {
  readonly user: string
  /** Its domain, with the port where one was given. */
  readonly domain: string
  /** Where the service answers for it. */
  readonly url: URL
}

/** Where a service answers for an address of one of its people. RangeError: no name that LUD-16 allows. */
export function addressPath(user: string): string {
  if (!USER.test(user)) throw new RangeError('the name in a Lightning address has small letters, digits, «-», «_» and «.»')
  return `/.well-known/lnurlp/${user}`
}

/** LUD-16. Capitals are taken for small letters, as keyboards begin with one. ADDRESS_INVALID. */
export function readLightningAddress(text: string, rules: UrlRules = {}): LightningAddress {
  const [user = '', domain = '', ...more] = pasted(text).toLowerCase().split('@')
  if (!USER.test(user) || more.length > 0 || !/^[a-z0-9.:-]{1,253}$/.test(domain)) throw invalid('address', 'this is no Lightning address: one looks like name@example.com')
  const onion = /\.onion(:\d+)?$/.test(domain)
  const own = rules.loopback === true && LOOPBACK.has(domain.replace(/:\d+$/, ''))
  const url = serviceUrl(`${onion || own ? 'http' : 'https'}://${domain}${addressPath(user)}`, rules)
  return { user, domain: url.host, url }
}
